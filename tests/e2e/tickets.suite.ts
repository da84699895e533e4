import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TaskInput } from '#api/tasks/tasks.contract.ts';
import type { NewWebhook, WebhookDelivery } from '#api/notifications/webhooks.contract.ts';
import { eventually } from '#tests/support/eventually.ts';
import { type Journal, openJournal } from '#tests/support/journal.ts';
import { addAgent, type RealAgent } from '#tests/support/platform-agents.ts';
import { getTask, operate, taskEnd, taskHosts } from '#tests/support/tasks.ts';
import {
  approvedBy,
  createPerson,
  decide,
  getTicket,
  type Opened,
  type Person,
  setPolicy,
  submitForApproval,
  ticketReaches,
} from '#tests/support/tickets.ts';
import { startWebhookReceiver } from '#tests/support/webhook-receiver.ts';
import { cliJson, type Spine, type TaskJson, writeText } from './spine.ts';

const node = 'till.web';

/** The story of the change primitive: what needs an approval waits for it, and exactly that runs, once. */
export function ticketsSuite(ready: () => Spine): void {
  describe('tickets', () => {
    /** A machine of its own: the other suites' must not need approvals. */
    let agent: RealAgent;
    let journal: Journal;
    let asker: Person;
    let judge: Person;
    let second: Person;
    let outsider: Person;

    beforeAll(async () => {
      const spine = ready();
      const { platform } = spine;
      journal = openJournal(join(platform.folder, 'ticket-journal'));
      asker = await createPerson(platform, 'asker', 'ops');
      judge = await createPerson(platform, 'judge', 'viewer');
      second = await createPerson(platform, 'second', 'viewer');
      outsider = await createPerson(platform, 'outsider', 'ops');
      await cliJson(spine, 'node', 'create', node);
      agent = await addAgent(platform, 'till-1', { node });
    });

    afterAll(async () => {
      await agent?.stop();
    });

    beforeEach(() => setPolicy(ready().platform, node, approvedBy(judge)));

    const task = (more: Partial<TaskInput> = {}): TaskInput => ({
      target: { node },
      script: `${journal.scriptLine}\necho ran\n`,
      ...more,
    });
    const open = (more?: Partial<TaskInput>) => submitForApproval(ready().platform, asker, task(more));
    const startsOf = async ({ taskId }: Opened) => {
      const runs = (await taskHosts(ready().platform, taskId)).map(({ id }) => id);
      return journal.executions().filter(({ runId }) => runs.includes(runId)).length;
    };
    const refusal = async (who: Person, { ticketId }: Opened, action: 'approve' | 'withdraw' | 'reject', body = {}) => {
      const { status, body: problem } = await decide(ready().platform, who, ticketId, action, body);
      return [status, problem.reason];
    };
    /** The task will never run, and did not. */
    const neverRan = async (opened: Opened) => {
      const ended = await taskEnd(ready().platform, opened.taskId, 20_000);
      expect(ended.state).toBe('refused');
      expect(ended.counts).toMatchObject({ total: 1, revoked: 1, running: 0, pending: 0 });
      expect(await startsOf(opened)).toBe(0);
    };

    it('by the command line, from policy to result', async () => {
      const spine = ready();
      const policy = ['node', 'policy', node, '--kind', 'task.run', '--mode', 'ticket'];
      const nobody = await spine.platform.cli([...policy, '--approver', 'nobody-there']);
      expect([nobody.code, nobody.stdout]).toEqual([1, '']);
      expect(await cliJson(spine, ...policy, '--approver', judge.name)).toMatchObject({ mode: 'ticket', node });

      const script = writeText(spine, 'till.sh', `${journal.scriptLine}\necho "till $1"\n`);
      const run = ['task', 'run', '--node', node, '--script', script, '--arg', 'open', '-o', 'json'];
      const submitted = (await asker.cli(...run)).json<TaskJson & { ticketId: string }>();
      expect(submitted).toMatchObject({ state: 'awaiting-approval', ticketId: expect.any(String) as string });
      const opened = { taskId: submitted.id, ticketId: submitted.ticketId };

      const inbox = (await judge.cli('ticket', 'list', '--state', 'pending', '-o', 'json')).json<{ id: string }[]>();
      expect(inbox.map(({ id }) => id)).toContain(opened.ticketId);
      const diff = await judge.cli('ticket', 'diff', opened.ticketId);
      expect(diff.stdout).toContain('echo "till $1"');

      const { contentHash } = await getTicket(spine.platform, opened.ticketId);
      const exactly = [opened.ticketId, '--hash', contentHash];
      const own = await asker.cli('ticket', 'approve', ...exactly, '-m', 'mine');
      expect([own.code, own.stdout]).toEqual([1, '']);
      expect(own.stderr).toContain('self-approval');
      expect(await startsOf(opened)).toBe(0);

      const approved = await judge.cli('ticket', 'approve', ...exactly, '-m', 'go', '-o', 'json');
      expect([approved.code, approved.stderr]).toEqual([0, '']);
      expect((await taskEnd(spine.platform, opened.taskId, 30_000)).state).toBe('succeeded');
      await ticketReaches(spine.platform, opened.ticketId, ['done'], 20_000);
      const ticket = (await asker.cli('ticket', 'get', opened.ticketId, '-o', 'json')).json();
      expect(ticket).toMatchObject({
        state: 'done',
        requester: 'asker',
        result: { succeeded: true },
        decisions: [{ verdict: 'approve', actor: 'judge', message: 'go', voided: null }],
      });
      expect(await startsOf(opened)).toBe(1);
      expect(await cliJson(spine, 'audit', 'verify')).toMatchObject({ intact: true });
    });

    it('wrong person, self, stale hash, second decision, ended: refused by their words, and nothing changes', async () => {
      const { platform } = ready();
      await setPolicy(platform, node, {
        mode: 'ticket',
        steps: [
          {
            approvers: [
              { type: 'user', user: 'judge' },
              { type: 'user', user: 'second' },
            ],
            need: 'all',
          },
        ],
      });
      const opened = await open();
      const { contentHash } = await getTicket(platform, opened.ticketId);
      expect(await refusal(asker, opened, 'approve')).toEqual([403, 'self-approval']);
      expect(await refusal(outsider, opened, 'approve')).toEqual([403, 'not-an-approver']);
      expect(await refusal(outsider, opened, 'withdraw')).toEqual([403, 'requester-or-admin-only']);
      expect(await refusal(judge, opened, 'approve', { contentHash: 'f'.repeat(64) })).toEqual([409, 'stale-content']);
      const silent = await decide(platform, judge, opened.ticketId, 'reject', { message: '' });
      expect(silent.status).toBe(422);
      expect(await getTicket(platform, opened.ticketId)).toMatchObject({ state: 'pending', decisions: [] });

      const first = await decide(platform, judge, opened.ticketId, 'approve', { contentHash });
      expect([first.status, first.body.state, first.body.ticketState]).toEqual([200, 'applied', 'pending']);
      expect(await refusal(judge, opened, 'approve')).toEqual([409, 'already-decided']);
      expect(await startsOf(opened)).toBe(0);
      expect((await decide(platform, second, opened.ticketId, 'approve')).status).toBe(200);
      const done = await ticketReaches(platform, opened.ticketId, ['done'], 30_000);
      expect(done.decisions.map(({ actor }) => actor)).toEqual(['judge', 'second']);
      for (const action of ['approve', 'withdraw'] as const) {
        expect(await refusal(action === 'approve' ? judge : asker, opened, action)).toEqual([409, 'ticket-ended']);
      }
      expect(await startsOf(opened)).toBe(1);
    });

    it('rejected: the task is refused and never ran', async () => {
      const { platform } = ready();
      const opened = await open();
      const { contentHash } = await getTicket(platform, opened.ticketId);
      const exactly = [opened.ticketId, '--hash', contentHash];
      const rejected = await judge.cli('ticket', 'reject', ...exactly, '-m', 'not today', '-o', 'json');
      expect(rejected.code).toBe(0);
      await neverRan(opened);
      const ticket = await getTicket(platform, opened.ticketId);
      expect([ticket.state, ticket.decisions[0]?.message]).toEqual(['rejected', 'not today']);
    });

    it('withdrawn by the one who asked: the same', async () => {
      const opened = await open();
      expect((await asker.cli('ticket', 'withdraw', opened.ticketId, '-m', 'a mistake')).code).toBe(0);
      await neverRan(opened);
      expect((await getTicket(ready().platform, opened.ticketId)).state).toBe('withdrawn');
    });

    it('however its host is named; forbidden is forbidden', async () => {
      const { platform } = ready();
      const byHost = await open({ target: { hosts: ['till-1'] } });
      expect(await refusal(asker, byHost, 'withdraw')).toEqual([200, null]);
      await setPolicy(platform, node, { mode: 'forbidden' });
      const count = () => platform.database.db.selectFrom('task').select('id').execute();
      const before = (await count()).length;
      const { status, body } = await platform.api.request('POST', '/api/v1/tasks', { body: task() });
      expect([status, body['reason']]).toEqual([403, 'change-forbidden']);
      expect((await count()).length).toBe(before);
    });

    it('approved now, run at its time', async () => {
      const { platform } = ready();
      const past = { body: task({ runAt: new Date(Date.now() - 60_000).toISOString() }), token: asker.token };
      const late = await platform.api.request<{ errors?: { field: string }[] }>('POST', '/api/v1/tasks', past);
      expect([late.status, late.body.errors?.[0]?.field]).toEqual([422, 'runAt']);

      const runAt = new Date(Date.now() + 6_000).toISOString();
      const opened = await open({ runAt });
      expect((await decide(platform, judge, opened.ticketId, 'approve')).status).toBe(200);
      await ticketReaches(platform, opened.ticketId, ['scheduled'], 5_000);
      expect((await getTask(platform, opened.taskId)).state).toBe('awaiting-approval');
      expect(await startsOf(opened)).toBe(0);
      await ticketReaches(platform, opened.ticketId, ['done'], 40_000);
      const [run] = await taskHosts(platform, opened.taskId);
      expect(Date.parse(run?.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(runAt));
      expect(await startsOf(opened)).toBe(1);
    });

    it.each(['task', 'change'] as const)(
      'content altered in the database (%s): not run, and the ticket says why',
      async (table) => {
        const { platform } = ready();
        const opened = await open();
        const { db } = platform.database;
        if (table === 'task') {
          const { payload } = await db
            .selectFrom('task')
            .select('payload')
            .where('id', '=', opened.taskId)
            .executeTakeFirstOrThrow();
          const altered = JSON.stringify({ ...payload, script: `${journal.scriptLine}\necho evil\n` });
          await db.updateTable('task').set({ payload: altered }).where('id', '=', opened.taskId).execute();
        } else {
          const { content } = await db
            .selectFrom('change_version')
            .select('content')
            .where('ticket_id', '=', opened.ticketId)
            .executeTakeFirstOrThrow();
          const altered = JSON.stringify({ ...content, payload: { ...(content.payload as object), args: ['evil'] } });
          await db
            .updateTable('change_version')
            .set({ content: altered })
            .where('ticket_id', '=', opened.ticketId)
            .execute();
        }
        await decide(platform, judge, opened.ticketId, 'approve');
        const failed = await ticketReaches(platform, opened.ticketId, ['failed'], 30_000);
        expect(failed.reason).toMatch(/altered/);
        await neverRan(opened);
        const { items } = await platform.api.get<{ items: { kind: string }[] }>(
          `/api/v1/tickets/${opened.ticketId}/timeline`,
        );
        expect(items.map(({ kind }) => kind)).toContain('content-altered');
      },
    );

    it('a script that fails: the ticket fails with it; running it again needs a new ticket', async () => {
      const { platform } = ready();
      const opened = await open({ script: `${journal.scriptLine}\nexit 3\n` });
      expect((await decide(platform, judge, opened.ticketId, 'approve')).status).toBe(200);
      expect((await ticketReaches(platform, opened.ticketId, ['done', 'failed'], 30_000)).state).toBe('failed');
      const again = await operate(platform, opened.taskId, 'retry-failed');
      expect([again.status, again.body.reason]).toEqual([409, 'needs-new-ticket']);
      expect(await startsOf(opened)).toBe(1);
    });

    it('a webhook gets each event once, signed; also after its receiver was down', async () => {
      const { platform } = ready();
      const receiver = await startWebhookReceiver();
      try {
        const hook = { name: 'till', url: receiver.url, kinds: ['ticket.opened', 'ticket.ended'] };
        const { secret } = await platform.api.post<NewWebhook>('/api/v1/webhooks', hook);
        receiver.expectSecret(secret);
        receiver.failNext(1);
        const opened = await open();
        expect(await refusal(asker, opened, 'withdraw')).toEqual([200, null]);
        const mine = () => receiver.messages.filter(({ body }) => body.data['ticketId'] === opened.ticketId);
        await eventually('both events arrive', () => mine().length >= 2, { withinMs: 60_000 });
        expect(
          mine()
            .map(({ body }) => body.type)
            .toSorted(),
        ).toEqual(['ticket.ended', 'ticket.opened']);
        expect(mine().map(({ verified }) => verified)).toEqual([true, true]);
        expect(JSON.stringify(mine())).not.toContain('echo ran');
        const log = await eventually(
          'the log has both as delivered',
          async () => {
            const { items } = await platform.api.get<{ items: WebhookDelivery[] }>('/api/v1/webhooks/till/deliveries');
            return items.every(({ state }) => state === 'delivered') ? items : false;
          },
          { withinMs: 20_000 },
        );
        expect(log.map(({ attempts }) => attempts).toSorted()).toEqual([1, 2]);
      } finally {
        await platform.api.request('DELETE', '/api/v1/webhooks/till');
        await receiver.close();
      }
    });

    it('people and tickets in the order things happened', async () => {
      const { platform } = ready();
      const opened = await open();
      expect((await judge.cli('ticket', 'comment', opened.ticketId, '-m', 'why now?')).code).toBe(0);
      await decide(platform, judge, opened.ticketId, 'approve');
      await ticketReaches(platform, opened.ticketId, ['done'], 30_000);
      const { items } = await platform.api.get<{ items: { id: string; kind: string }[] }>(
        `/api/v1/tickets/${opened.ticketId}/timeline`,
      );
      const kinds = items.toSorted((a, b) => Number(a.id) - Number(b.id)).map(({ kind }) => kind);
      const told = ['opened', 'commented', 'approved', 'step-passed', 'applying', 'ended'];
      expect(kinds.filter((kind) => told.includes(kind))).toEqual(told);
      const inbox = await platform.api.get<{ items: { kind: string; ticketId: string }[] }>('/api/v1/notifications', {
        token: judge.token,
      });
      const about = inbox.items.filter(({ ticketId }) => ticketId === opened.ticketId).map(({ kind }) => kind);
      expect(about).toContain('ticket.decision-needed');
      const audited = await eventually(
        'the audit has it all',
        () =>
          platform.database.db
            .selectFrom('audit')
            .select(['action', 'actor_name'])
            .where('target', '=', opened.ticketId)
            .execute(),
        { withinMs: 5_000 },
      );
      expect(audited.filter(({ action }) => action.includes('approve'))).toMatchObject([{ actor_name: 'judge' }]);
    });
  });
}
