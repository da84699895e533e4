import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';
import { advanceTask } from '#ledger/tasks/advance-task.ts';
import { findRequestedOperations } from '#ledger/kernel/operations.ts';
import { applyTaskOperation } from '#ledger/tasks/task-operation.ts';
import type { HostRunEnd } from '#domain/tasks/host-run.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createTaskLedger, type TaskLedger } from '#tests/support/task-ledger.ts';
import { createLocalCli } from '../testing/local-cli.ts';

let api: TestApi;
let ledger: TaskLedger;
beforeAll(async () => {
  api = await startTestApi();
  ledger = await createTaskLedger(api.db, 3);
});
afterAll(() => api.remove());

const { run: cli, json } = createLocalCli(() => api);

/** The worker's part: operations and steps of a task, by the ledger alone. */
async function advance(taskId: string): Promise<void> {
  for (const operation of await findRequestedOperations(api.db, 'task', 0, 10)) {
    await applyTaskOperation(api.db, { taskId: operation.subjectId, operationId: operation.id });
  }
  const { step } = await api.db.selectFrom('task').select('step').where('id', '=', taskId).executeTakeFirstOrThrow();
  await advanceTask(api.db, { taskId, step: step + 1, leaseMs: 60_000 });
}

/** The agents' part too: hosts end as `play` says, until the task has ended. */
async function playToEnd(taskId: string, play: (host: string) => HostRunEnd): Promise<void> {
  await eventually(
    'the task ends',
    async () => {
      await advance(taskId);
      await ledger.acknowledge(taskId);
      await ledger.report(taskId, play);
      const { ended_at } = await api.db
        .selectFrom('task')
        .select('ended_at')
        .where('id', '=', taskId)
        .executeTakeFirstOrThrow();
      return ended_at !== null;
    },
    { withinMs: 20_000, everyMs: 20 },
  );
}

const hostNames = () => ledger.hosts.map(({ host }) => host);
const latestTask = async () =>
  (await api.db.selectFrom('task').select('id').orderBy('created_at', 'desc').limit(1).executeTakeFirstOrThrow()).id;

describe('tasks of the real api', () => {
  it('return at once for programs, are waited for, and show what came of them', async () => {
    const empty = await cli(['task', 'run', '--host', 'host-00001', '--script', '/dev/null']);
    expect([empty.code, empty.stderr]).toEqual([1, expect.stringContaining('  --script: ')]);
    const ran = await cli(
      ['task', 'run', '--host', `${hostNames().join(',')},nowhere`, '--script', '-', '-o', 'json'],
      { stdin: 'echo hi\n' },
    );
    const task = JSON.parse(ran.stdout) as { id: string; counts: Record<string, number> };
    expect(ran.code).toBe(0);
    expect(task).toMatchObject({ state: 'submitted', ticketId: null, counts: { total: 4, failed: 1, pending: 3 } });

    const waiting = cli(['task', 'wait', task.id, '-o', 'json']);
    await playToEnd(task.id, () => 'succeeded');
    const waited = await waiting;
    expect(waited.code).toBe(1);
    expect(JSON.parse(waited.stdout)).toMatchObject({
      id: task.id,
      state: 'failed',
      counts: { succeeded: 3, failed: 1 },
    });
    expect(await json('task', 'get', task.id)).toMatchObject({ id: task.id, state: 'failed', ticketId: null });

    const hosts = await json<Record<string, unknown>[]>('task', 'hosts', task.id);
    expect(hosts.map(({ host, state, code }) => [host, state, code])).toEqual([
      ...hostNames().map((host) => [host, 'succeeded', 2]),
      ['nowhere', 'failed', 203],
    ]);
    expect(Object.keys(hosts[0] ?? {})).toEqual(
      expect.arrayContaining([
        'host',
        'address',
        'state',
        'exitCode',
        'attempt',
        'startedAt',
        'finishedAt',
        'durationMs',
      ]),
    );
    expect(await json<unknown[]>('task', 'hosts', task.id, '--group', 'failed')).toHaveLength(1);
    expect(await json<unknown[]>('task', 'timeline', task.id)).not.toHaveLength(0);
    expect((await json<{ id: string }[]>('task', 'list', '--requester', 'me')).map(({ id }) => id)).toContain(task.id);
    expect((await cli(['task', 'list'])).stdout).toMatch(/^ID +STATE +DONE/);
  });

  it('wait in tables, end with 0 where every host succeeded, and show the output of few hosts', async () => {
    const before = await latestTask();
    const running = cli(['task', 'run', '--host', 'host-00001', '--', 'echo', 'hello from 主机']);
    const id = await eventually('it is submitted', async () => (await latestTask()) !== before && latestTask(), {
      withinMs: 10_000,
    });
    await advance(id);
    await ledger.acknowledge(id);
    const [run] = await api.db.selectFrom('host_run').select('id').where('task_id', '=', id).execute();
    const said = Buffer.concat([Buffer.from('hello from 主机\n'), Buffer.from([0xff, 0x00, 0x1b])]);
    await sql`insert into host_output (host_run_id, stream, head, tail, total_bytes) values (${run?.id}, 'stdout', ${said}, ${Buffer.alloc(0)}, ${said.length})`.execute(
      api.db,
    );
    await playToEnd(id, () => 'succeeded');
    await api.db
      .updateTable('host_run')
      .set({ stdout_bytes: String(said.length) })
      .where('task_id', '=', id)
      .execute();
    const { code, stdout, stderr } = await running;
    expect([code, stderr.split('\n')[0]]).toEqual([0, `Task ${id} on 1 host`]);
    expect(stdout).toContain('host-00001 succeeded (exit 0');
    expect(stdout).toContain(`Task ${id} succeeded: 1 of 1 host done, 1 succeeded`);
    const raw = await cli(['task', 'output', id, 'host-00001']);
    expect([raw.code, raw.bytes, raw.stderr]).toEqual([0, said, '']);
    expect((await cli(['task', 'output', id, 'host-00001', '--stderr'])).bytes).toHaveLength(0);
    expect((await cli(['task', 'output', id, 'host-00009'])).code).toBe(1);
  });

  // Without Temporal the api waits for up to 5 s, then leaves an operation to poll.
  it('are paused; that is said once it is acknowledged, and refused a second time', async () => {
    const { id } = await json<{ id: string }>('task', 'run', '--host', 'host-00001', '--', 'sleep', '9');
    await advance(id);
    await ledger.acknowledge(id);
    let said = false;
    const pausing = json<{ id: string; state: string }>('task', 'pause', id).finally(() => (said = true));
    await eventually('it is asked for', async () => (await findRequestedOperations(api.db, 'task', 0, 10)).length > 0, {
      withinMs: 10_000,
      everyMs: 20,
    });
    expect(said).toBe(false);
    await advance(id);
    expect(await pausing).toMatchObject({ id, state: 'paused' });
    const again = await cli(['task', 'pause', id, '-o', 'json']);
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toContain('(already-paused)');
  });

  it('are run again where they failed, and waited for', async () => {
    const { id } = await json<{ id: string }>('task', 'run', '--host', 'host-00001,host-00002', '--', 'false');
    await playToEnd(id, (host) => (host === 'host-00001' ? 'succeeded' : 'failed'));
    expect((await cli(['task', 'kill', id])).stderr).toContain('(task-ended)');
    const retried = cli(['task', 'retry-failed', id, '--wait', '-o', 'json']);
    await eventually('it is asked for', async () => (await findRequestedOperations(api.db, 'task', 0, 10)).length > 0, {
      withinMs: 10_000,
      everyMs: 20,
    });
    await advance(id);
    await playToEnd(id, () => 'succeeded');
    const { code, stdout } = await retried;
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { state: 'succeeded', counts: { total: 2, succeeded: 2 } }]);
    expect((await json<{ attempt: number }[]>('task', 'hosts', id)).map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it.each([
    [['--host', 'host-00001', '--concurrency', '0'], '  --concurrency: '],
    [['--host', 'host-00001', '--timeout', 'soon'], '  --timeout: '],
    [['--host', 'host-00001', '--on-error', 'never'], '  --on-error: '],
    [['--host', 'host-00001', '--run-as', 'a b'], '  --run-as: '],
    [['--host', 'host-00001', '--env', '1A=x'], '  --env: '],
    [['--host', 'host-00001', '--work-dir', 'here'], '  --work-dir: '],
    [['--host', 'nope,nor-this'], '--host'],
    [['--node', 'no.such.node'], 'no such node'],
    [['--node', 'no such node'], '  --node: '],
  ])('refuse %j under the name of the option, and nothing is created', async (options, named) => {
    const before = await latestTask();
    const ran = await cli(['task', 'run', ...options, '-o', 'json', '--', 'true']);
    expect(ran).toMatchObject({ code: 1, stdout: '' });
    expect(ran.stderr).toContain(named);
    expect(await latestTask()).toBe(before);
  });

  it('refuse a script that is too long or has no interpreter by the name of the option', async () => {
    const long = await cli(['task', 'run', '--host', 'host-00001', '--script', '-'], { stdin: 'x'.repeat(300_000) });
    expect([long.code, long.stderr]).toEqual([1, expect.stringContaining('  --script: is longer than 262144 bytes')]);
    const odd = await cli(['task', 'run', '--host', 'host-00001', '--script', '-', '--interpreter', 'cobol'], {
      stdin: 'x',
    });
    expect([odd.code, odd.stderr]).toEqual([
      1,
      expect.stringContaining("  --interpreter: unknown interpreter 'cobol'"),
    ]);
  });

  it('that are not there are refused', async () => {
    for (const argv of [
      ['get', 'nonsense'],
      ['hosts', crypto.randomUUID()],
      ['output', crypto.randomUUID(), 'x'],
      ['kill', crypto.randomUUID()],
      ['wait', crypto.randomUUID()],
    ]) {
      expect(await cli(['task', ...argv])).toMatchObject({ code: 1, stdout: '' });
    }
  });
});
