import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';
import type { TicketDetail, TicketOperation, TicketSummary } from '#api/tickets/tickets.contract.ts';
import { advanceTask } from '#ledger/tasks/advance-task.ts';
import { advanceTicket } from '#ledger/tickets/advance-ticket.ts';
import { applyTicketOperation } from '#ledger/tickets/apply-operation.ts';
import { releaseTicket } from '#ledger/tickets/release-ticket.ts';
import { findRequestedOperations } from '#ledger/kernel/operations.ts';
import { kindsOn } from '#ledger/rooms.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createTaskLedger, type TaskLedger } from '#tests/support/task-ledger.ts';
import { createLocalCli } from '../testing/local-cli.ts';
import type { CliResult } from '../testing/run-cli.ts';

let api: TestApi;
let ledger: TaskLedger;
let bob: string;
let carol: string;
let working = true;
let work: Promise<void>;
beforeAll(async () => {
  api = await startTestApi();
  ledger = await createTaskLedger(api.db, 2);
  ({ token: bob } = await api.user('bob', 'ops'));
  ({ token: carol } = await api.user('carol', 'ops'));
  await json('node', 'create', 'infra.prod', '--leaf');
  await json('node', 'bind', 'infra.prod', 'host-00001');
  work = workAlone();
  // Told at the end; until then tests only see that nothing goes on.
  work.catch(() => undefined);
});
afterAll(async () => {
  working = false;
  await work;
  await api.remove();
});

const { run: cli, json } = createLocalCli(() => api);

/** The JSON of a command line of somebody, which has to end with 0. */
async function jsonOf<T>(token: string, ...argv: string[]): Promise<T> {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const ran = await cli([...argv.slice(0, end), '-o', 'json', ...argv.slice(end)], { token });
  if (ran.code !== 0) throw new Error(`${argv.join(' ')}: ${ran.code} ${ran.stderr}`);
  return JSON.parse(ran.stdout) as T;
}

/** The worker's and the agents' part, by the ledger alone: tickets, then the tasks that they let go. */
async function workAlone(): Promise<void> {
  const { db } = api;
  while (working) {
    for (const { id, subjectId: ticketId } of await findRequestedOperations(db, 'ticket', 0, 10)) {
      await applyTicketOperation(db, kindsOn, { ticketId, operationId: id });
    }
    const open = await db.selectFrom('ticket').select('id').where('ended_at', 'is', null).execute();
    for (const { id: ticketId } of open) {
      const standing = await advanceTicket(db, kindsOn, { ticketId });
      if (standing.state === 'approved') await releaseTicket(db, kindsOn, { ticketId });
    }
    const tasks = await db
      .selectFrom('task')
      .select(['id', 'step'])
      .where('ended_at', 'is', null)
      .where('state', '!=', 'awaiting-approval')
      .execute();
    for (const { id: taskId, step } of tasks) {
      await advanceTask(db, { taskId, step: step + 1, leaseMs: 60_000 });
      await ledger.acknowledge(taskId);
      await ledger.report(taskId, () => 'succeeded');
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Submitted {
  readonly id: string;
  readonly state: string;
  readonly ticketId: string;
}
const submit = (...more: string[]) =>
  jsonOf<Submitted>(bob, 'task', 'run', '--host', 'host-00001', ...more, '--', 'uptime');
const refused = (ran: CliResult, words: string) =>
  expect([ran.code, ran.stdout, ran.stderr]).toEqual([1, '', expect.stringContaining(words)]);

describe('policies of the real api', () => {
  it('are set, shown where they hold, and removed', async () => {
    await json('node', 'policy', 'infra', '--mode', 'ticket', '--approver', 'carol', '--timeout', '3d');
    const [held] = await json<object[]>('node', 'policy', 'infra.prod', '--kind', 'task.run');
    expect(held).toMatchObject({
      kind: 'task.run',
      node: 'infra',
      inherited: true,
      mode: 'ticket',
      fourEyes: true,
      timeoutMs: 259_200_000,
      steps: [{ approvers: [{ type: 'user', user: 'carol' }], need: 'any' }],
    });
    expect((await cli(['node', 'policy', 'infra.prod'])).stdout).toMatch(/task.run +ticket +infra +carol +yes/);
    await json('node', 'policy', 'infra.prod', '--kind', 'manual.step', '--mode', 'forbidden');
    expect(await json('node', 'policy', 'infra.prod', '--kind', 'manual.step', '--remove')).toMatchObject({
      mode: 'direct',
      version: 0,
    });
    expect(await json('node', 'policy', '/', '--mode', 'direct')).toMatchObject({ mode: 'direct', node: null });
    const nobody = await cli(['node', 'policy', 'infra', '--mode', 'ticket', '--approver', 'nobody', '-o', 'json']);
    refused(nobody, '--approver: ');
    refused(await cli(['node', 'policy', 'infra', '--mode', 'forbidden'], { token: bob }), 'refused');
  });

  it('tell what would happen', async () => {
    const argv = ['task', 'run', '--host', 'host-00001,host-00002', '--preview', '-o', 'json', '--', 'uptime'];
    const { code, stdout } = await cli(argv, { token: bob });
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { mode: 'ticket', hosts: 2, steps: [{ step: 1, need: 'any', approvers: ['carol'], policyNode: 'infra' }] },
    ]);
  });
});

describe('tickets of the real api', () => {
  it('hold a task until somebody else approves it; then it runs and the ticket ends with it', async () => {
    const task = await submit();
    expect(task).toMatchObject({ state: 'awaiting-approval', ticketId: expect.any(String) as string });
    const id = task.ticketId;
    const [mine] = await jsonOf<TicketSummary[]>(carol, 'ticket', 'list', '--to-decide');
    expect(mine).toMatchObject({ id, state: 'pending', requester: 'bob', taskId: task.id, mineToDecide: true });
    expect(await jsonOf(bob, 'ticket', 'list', '--to-decide')).toEqual([]);
    expect(await jsonOf(bob, 'ticket', 'list', '--requested', '--state', 'open')).toMatchObject([{ id }]);
    const { contentHash } = await jsonOf<TicketDetail>(bob, 'ticket', 'get', id);
    refused(await cli(['ticket', 'approve', id, '--hash', contentHash], { token: bob }), '(self-approval)');
    refused(await cli(['ticket', 'approve', id, '--hash', 'other'], { token: carol }), '(stale-content)');
    const ticket = await jsonOf<TicketDetail>(carol, 'ticket', 'get', id);
    expect(ticket.content).toMatchObject({ payload: { command: ['uptime'] }, targets: [{ name: 'host-00001' }] });
    const shown = await cli(['ticket', 'diff', id], { token: carol });
    expect([shown.code, shown.stdout]).toEqual([0, expect.stringContaining('uptime')]);

    const waiting = cli(['task', 'wait', task.id, '-o', 'json'], { token: bob });
    const approved = await jsonOf<TicketOperation>(
      ...([carol, 'ticket', 'approve', id, '--hash', ticket.contentHash, '-m', 'fine'] as const),
    );
    expect(approved).toMatchObject({ ticketId: id, action: 'approve', state: 'applied' });
    const ended = await cli(['ticket', 'wait', id, '-o', 'json'], { token: bob });
    expect([ended.code, JSON.parse(ended.stdout)]).toMatchObject([
      0,
      { id, state: 'done', result: { succeeded: true } },
    ]);
    const waited = await waiting;
    expect([waited.code, JSON.parse(waited.stdout)]).toMatchObject([0, { id: task.id, state: 'succeeded' }]);
    expect((await jsonOf<{ kind: string }[]>(bob, 'ticket', 'timeline', id)).map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['opened', 'approved', 'applying', 'ended']),
    );
    refused(await cli(['ticket', 'comment', id, '-m', 'late'], { token: bob }), '(ticket-ended)');
  });

  it('that are rejected end their task; whoever waits for it is told why', async () => {
    const argv = ['task', 'run', '--host', 'host-00001', '--wait', '-o', 'json', '--', 'uptime'];
    const waiting = cli(argv, { token: bob });
    const id = await eventually(
      'there is a ticket to decide',
      async () => (await jsonOf<TicketSummary[]>(carol, 'ticket', 'list', '--to-decide'))[0]?.id,
      { withinMs: 10_000 },
    );
    const { contentHash } = await jsonOf<TicketDetail>(carol, 'ticket', 'get', id);
    const verdict = ['ticket', 'reject', id, '--hash', contentHash, '-m', 'not on a Friday'];
    const rejected = await cli(verdict, { token: carol });
    expect([rejected.code, rejected.stdout]).toEqual([0, expect.stringMatching(/^ticket .*\nstate +rejected\n/)]);
    const { code, stdout, stderr } = await waiting;
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { state: 'refused', ticketId: id }]);
    expect(stderr).toContain('not on a Friday');
    expect((await cli(['ticket', 'wait', id], { token: bob })).code).toBe(1);
  });

  it('are asked for anew with other content, and withdrawn', async () => {
    const { ticketId: id } = await submit('--title', 'first');
    await jsonOf(bob, 'ticket', 'comment', id, '-m', 'a moment');
    await jsonOf(bob, 'ticket', 'resubmit', id, '--host', 'host-00001', '--', 'uptime', '-p');
    const ticket = await jsonOf<TicketDetail>(bob, 'ticket', 'get', id);
    expect(ticket).toMatchObject({ version: 2, content: { payload: { command: ['uptime', '-p'] } } });
    expect(await jsonOf(bob, 'ticket', 'diff', id)).toMatchObject({ from: 1, to: 2 });
    expect(await jsonOf(bob, 'ticket', 'withdraw', id)).toMatchObject({ state: 'applied', ticketState: 'withdrawn' });
    refused(await cli(['ticket', 'get', crypto.randomUUID(), '-o', 'json'], { token: bob }), 'refused');
  });

  it('are manual steps too, which a person completes', async () => {
    const { id } = await json<{ id: string }>(
      ...['ticket', 'create', '--node', 'infra.prod', '--title', 'Cable', '--instructions', 'plug it in', '--run-at'],
      new Date(Date.now() + 1000).toISOString(),
    );
    await eventually(
      'it is carried out',
      async () => (await json<TicketDetail>('ticket', 'get', id)).state === 'applying',
      { withinMs: 10_000 },
    );
    await json('ticket', 'complete', id, '--outcome', 'done', '-m', 'plugged');
    expect(await json('ticket', 'get', id, '--wait')).toMatchObject({ state: 'done' });
  });
});
