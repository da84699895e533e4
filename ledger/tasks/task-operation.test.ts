import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removePolicy, setPolicy } from '#ledger/changes/set-policy.ts';
import { policySchema } from '#domain/changes/policy.ts';
import { resultCodes } from '#domain/tasks/result-codes.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { createTaskLedger, fixtureGateway, type TaskLedger } from '#tests/support/task-ledger.ts';
import { advanceTask } from './advance-task.ts';
import { outstandingOfAgents } from './delivery.ts';
import { findRequestedOperations } from '#ledger/kernel/operations.ts';
import { applyTaskOperation, getTaskOperation } from './task-operation.ts';
import { getTask } from '#db/tasks/tasks.ts';
import { readTaskTimeline } from '#db/tasks/task-timeline.ts';
import { transact } from '#ledger/kernel/transact.ts';

let database: TestDatabase;
let ledger: TaskLedger;

beforeAll(async () => {
  database = await createTestDatabase();
  ledger = await createTaskLedger(database.db, 6);
});
afterAll(() => database.remove());

const advance = (taskId: string, step: number) => advanceTask(database.db, { taskId, step, leaseMs: 60_000 });
const rows = (taskId: string) =>
  database.db
    .selectFrom('host_run')
    .selectAll()
    .where('task_id', '=', taskId)
    .orderBy('ord')
    .orderBy('attempt')
    .execute();
const current = async (taskId: string) => (await rows(taskId)).filter((row) => row.current);

async function operate(taskId: string, action: Parameters<TaskLedger['request']>[1]) {
  const operationId = await ledger.request(taskId, action);
  return applyTaskOperation(database.db, { taskId, operationId });
}

describe('applyTaskOperation', () => {
  it('does what is asked once, and answers a repeat with what the first did', async () => {
    const taskId = await ledger.submit();
    const operationId = await ledger.request(taskId, 'pause');
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => applyTaskOperation(database.db, { taskId, operationId })),
    );
    for (const answer of answers) expect(answer).toEqual({ applied: true, state: 'paused', deliverTo: [] });
    expect(await operate(taskId, 'continue')).toMatchObject({ applied: true, state: 'running' });
    expect(await applyTaskOperation(database.db, { taskId, operationId })).toMatchObject({
      applied: true,
      state: 'paused',
    });
    expect(await getTask(database.db, taskId)).toMatchObject({ state: 'running' });
    expect(await getTaskOperation(database.db, operationId)).toMatchObject({
      state: 'applied',
      action: 'pause',
      actor: { name: 'alice' },
    });
    const story = await readTaskTimeline(database.db, taskId, { limit: 10 });
    expect(story.map((entry) => [entry.kind, entry.actor])).toEqual([
      ['submitted', 'alice'],
      ['paused', 'alice'],
      ['continued', 'alice'],
    ]);
  });

  it('refuses what the state of the task does not allow, and keeps the refusal', async () => {
    const taskId = await ledger.submit();
    const operationId = await ledger.request(taskId, 'continue');
    expect(await applyTaskOperation(database.db, { taskId, operationId })).toMatchObject({
      applied: false,
      reason: { code: 'not-paused' },
    });
    await operate(taskId, 'pause');
    expect(await applyTaskOperation(database.db, { taskId, operationId })).toMatchObject({
      applied: false,
      reason: { code: 'not-paused' },
    });
    expect(await getTaskOperation(database.db, operationId)).toMatchObject({
      state: 'refused',
      result: { reason: { code: 'not-paused' } },
    });
    await operate(taskId, 'kill');
    await advance(taskId, 1);
    expect(await operate(taskId, 'kill')).toMatchObject({
      applied: false,
      reason: { code: 'task-ended' },
      state: 'killed',
    });
    expect(await operate(taskId, 'pause')).toMatchObject({ applied: false, reason: { code: 'task-ended' } });
  });

  it('knows no operation but the task’s own', async () => {
    const taskId = await ledger.submit();
    const otherId = await ledger.submit();
    const operationId = await ledger.request(otherId, 'kill');
    for (const id of [operationId, randomUUID(), 'x']) {
      expect(await applyTaskOperation(database.db, { taskId, operationId: id })).toMatchObject({
        reason: { code: 'no-such-operation' },
        state: 'submitted',
      });
    }
    expect(await getTaskOperation(database.db, operationId)).toMatchObject({ state: 'requested' });
    await expect(applyTaskOperation(database.db, { taskId: randomUUID(), operationId })).rejects.toMatchObject({
      type: 'not-found',
    });
  });

  it('finds what waits for too long', async () => {
    const taskId = await ledger.submit();
    const operationId = await ledger.request(taskId, 'pause');
    const ids = async (olderThanMs: number) =>
      (await findRequestedOperations(database.db, 'task', olderThanMs, 100)).map((it) => it.id);
    expect(await ids(60_000)).not.toContain(operationId);
    await sql`update operation set created_at = now() - interval '3 seconds' where id = ${operationId}::uuid`.execute(
      database.db,
    );
    expect(await ids(2_000)).toContain(operationId);
    await applyTaskOperation(database.db, { taskId, operationId });
    expect(await ids(0)).not.toContain(operationId);
  });
});

describe('kill', () => {
  it('withdraws what waits, and gives every run in flight a kill under the next number of its agent', async () => {
    const taskId = await ledger.submit({ strategy: { concurrency: 3 } });
    await advance(taskId, 1);
    const [first] = await current(taskId);
    await ledger.report(taskId, (host) => (host === first?.host ? 'succeeded' : undefined));
    expect(await operate(taskId, 'kill')).toMatchObject({
      applied: true,
      state: 'killing',
      deliverTo: [fixtureGateway],
    });
    const runs = await current(taskId);
    expect(runs.map((run) => run.state)).toEqual(['succeeded', 'killing', 'killing', 'revoked', 'revoked', 'revoked']);
    expect(runs[5]).toMatchObject({ code: resultCodes.revokedBeforeStart, seq: null });
    for (const run of runs.slice(1, 3)) expect(Number(run.kill_seq)).toBe(Number(run.seq) + 1);
    // The run itself is never sent any more.
    const outstanding = await outstandingOfAgents(database.db, [runs[1]!.agent_id!]);
    expect(outstanding.filter((command) => command.taskId === taskId).map((command) => command.kind)).toEqual(['kill']);
    expect((await advance(taskId, 2)).state).toBe('killing');
    await ledger.report(taskId, () => 'revoked');
    expect(await advance(taskId, 3)).toMatchObject({
      state: 'killed',
      ended: true,
      counts: { succeeded: 1, revoked: 5 },
    });
  });

  it('races with reports without losing any', async () => {
    for (let round = 0; round < 8; round++) {
      const taskId = await ledger.submit();
      await advance(taskId, 1);
      await Promise.all([operate(taskId, 'kill'), ledger.report(taskId, () => 'succeeded')]);
      await ledger.report(taskId, () => 'killed');
      const answer = await advance(taskId, 2);
      expect(answer).toMatchObject({ state: 'killed', ended: true });
      expect(answer.counts.succeeded + answer.counts.killed).toBe(6);
    }
  });
});

describe('retry-failed', () => {
  it('runs only what did not succeed again, as a new attempt, and opens an ended task', async () => {
    const hosts = [...ledger.hosts.slice(0, 3), { host: 'nowhere', fault: 'noSuchHost' as const }];
    const taskId = await ledger.submit({ hosts });
    await advance(taskId, 1);
    await ledger.report(taskId, (host) => (host.endsWith('2') ? 'failed' : 'succeeded'));
    expect(await advance(taskId, 2)).toMatchObject({ state: 'failed', ended: true });
    expect(await operate(taskId, 'retry-failed')).toMatchObject({ applied: true, state: 'running' });
    expect((await current(taskId)).map((run) => [run.state, run.attempt])).toEqual([
      ['succeeded', 1],
      ['ready', 2],
      ['succeeded', 1],
      ['failed', 1],
    ]);
    expect(await getTask(database.db, taskId)).toMatchObject({ endedAt: null, counts: { total: 4, pending: 1 } });
    await advance(taskId, 3);
    await ledger.report(taskId, () => 'succeeded');
    expect(await advance(taskId, 4)).toMatchObject({ state: 'failed', counts: { total: 4, succeeded: 3, failed: 1 } });
    expect(await operate(taskId, 'retry-failed')).toMatchObject({
      applied: false,
      reason: { code: 'nothing-to-retry' },
      state: 'failed',
    });
  });

  it('is refused where policy has come to ask for an approval since it was requested', async () => {
    const taskId = await ledger.submit({ hosts: ledger.hosts.slice(0, 1) });
    await advance(taskId, 1);
    await ledger.report(taskId, () => 'failed');
    await advance(taskId, 2);
    const operationId = await ledger.request(taskId, 'retry-failed');
    const policy = policySchema.parse({
      mode: 'ticket',
      steps: [{ approvers: [{ type: 'role', role: 'admin' }], need: 'any' }],
    });
    const place = { kind: 'task.run', nodeId: null } as const;
    await transact(database.db, (tx) => setPolicy(tx, place, policy, 'tester'));
    const answer = await applyTaskOperation(database.db, { taskId, operationId });
    await transact(database.db, (tx) => removePolicy(tx, place));
    expect(answer).toMatchObject({ applied: false, reason: { code: 'needs-approval' }, state: 'failed' });
    expect((await current(taskId)).map((run) => run.state)).toEqual(['failed']);
  });

  it('revokes a lost attempt under a lower number than the new attempt gets', async () => {
    const taskId = await ledger.submit({ hosts: ledger.hosts.slice(0, 1) });
    const { agentId } = ledger.hosts[0]!;
    await advance(taskId, 1);
    await sql`update host_run set dispatched_at = now() - interval '1 hour' where task_id = ${taskId}::uuid`.execute(
      database.db,
    );
    await ledger.disconnect([agentId], 120);
    expect(await advance(taskId, 2)).toMatchObject({ state: 'failed', counts: { lost: 1 } });
    await sql`update agent set disconnected_at = null`.execute(database.db);
    expect(await operate(taskId, 'retry-failed')).toMatchObject({ applied: true, deliverTo: [fixtureGateway] });
    await advance(taskId, 3);
    const [lost, again] = await rows(taskId);
    expect(lost).toMatchObject({ state: 'lost', current: false, attempt: 1 });
    expect(again).toMatchObject({ state: 'dispatched', current: true, attempt: 2 });
    expect(Number(lost?.revoke_seq)).toBeGreaterThan(Number(lost?.seq));
    expect(Number(lost?.revoke_seq)).toBeLessThan(Number(again?.seq));
    const commands = (await outstandingOfAgents(database.db, [agentId])).filter((command) => command.taskId === taskId);
    expect(commands.map((command) => [command.kind, command.attempt])).toEqual([
      ['revoke', 1],
      ['run', 2],
    ]);
    // The result of the first attempt may still come; the second counts.
    await ledger.report(taskId, () => 'succeeded');
    expect(await advance(taskId, 4)).toMatchObject({ state: 'succeeded', counts: { total: 1, succeeded: 1 } });
    expect((await rows(taskId))[0]).toMatchObject({ state: 'succeeded', late: true, current: false });
  });

  it('goes to the agent that the machine has now', async () => {
    const host = ledger.hosts[5]!;
    const taskId = await ledger.submit({ hosts: [host] });
    await advance(taskId, 1);
    await sql`update agent set revoked_at = now() where id = ${host.agentId}::uuid`.execute(database.db);
    expect(await advance(taskId, 2)).toMatchObject({ state: 'failed', counts: { lost: 1 } });
    expect(await operate(taskId, 'retry-failed')).toMatchObject({
      applied: false,
      reason: { code: 'nothing-to-retry' },
    });
    const successor = randomUUID();
    await sql`insert into agent (id, machine_id, name, serial, public_key_sha256, certificate_expires_at, gateway_id, epoch, connected_at)
      values (${successor}::uuid, ${host.machineId}::uuid, 'successor', 's', 's', now() + interval '1 day', ${fixtureGateway}, 1, now())`.execute(
      database.db,
    );
    expect(await operate(taskId, 'retry-failed')).toMatchObject({ applied: true });
    await advance(taskId, 3);
    expect((await current(taskId))[0]).toMatchObject({ state: 'dispatched', agent_id: successor, seq: '1' });
  });

  it('lets one of many win', async () => {
    const taskId = await ledger.submit({ hosts: ledger.hosts.slice(0, 2) });
    await advance(taskId, 1);
    await ledger.report(taskId, () => 'failed');
    await advance(taskId, 2);
    const answers = await Promise.all(Array.from({ length: 4 }, () => operate(taskId, 'retry-failed')));
    expect(answers.filter((answer) => answer.applied)).toHaveLength(1);
    expect((await rows(taskId)).map((row) => row.attempt)).toEqual([1, 2, 1, 2]);
  });
});
