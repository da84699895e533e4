import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';
import { advanceTask } from '#db/tasks/advance-task.repository.ts';
import { applyTaskOperation, findRequestedOperations } from '#db/tasks/task-operation.repository.ts';
import type { HostRunEnd } from '#domain/tasks/host-run.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createTaskLedger, type TaskLedger } from '#tests/support/task-ledger.ts';
import { runCliHere, type CliResult } from './testing/run-cli.ts';

let api: TestApi;
let ledger: TaskLedger;
beforeAll(async () => {
  api = await startTestApi();
  ledger = await createTaskLedger(api.db, 3);
});
afterAll(() => api.remove());

function cli(argv: readonly string[], more: { token?: string; stdin?: string } = {}): Promise<CliResult> {
  const env =
    more.token === undefined
      ? { SIGNALBOX_DATA: api.dataFolder }
      : { SIGNALBOX_URL: api.url, SIGNALBOX_TOKEN: more.token };
  return runCliHere(argv, { env, ...(more.stdin === undefined ? {} : { stdin: more.stdin }) });
}

/** The JSON of a command line that has to end with 0. */
async function json<T = Record<string, unknown>>(...argv: string[]): Promise<T> {
  const ran = await cli([...argv, '-o', 'json']);
  if (ran.code !== 0) throw new Error(`${argv.join(' ')}: ${ran.code} ${ran.stderr}`);
  return JSON.parse(ran.stdout) as T;
}

/** The worker's part: operations and steps of a task, by the ledger alone. */
async function advance(taskId: string): Promise<void> {
  for (const operation of await findRequestedOperations(api.db, 0, 10)) {
    await applyTaskOperation(api.db, { taskId: operation.taskId, operationId: operation.id });
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

describe('people and their tokens', () => {
  it('are created, changed and shut out', async () => {
    expect(await json('whoami')).toMatchObject({ name: 'admin', role: 'admin' });
    const bob = await json<{ id: string; token: string }>('user', 'create', 'bob', '--role', 'viewer');
    expect(bob).toEqual({
      id: expect.any(String) as string,
      name: 'bob',
      role: 'viewer',
      token: expect.stringMatching(/^sbx_/) as string,
    });
    expect(JSON.parse((await cli(['whoami', '-o', 'json'], bob)).stdout)).toMatchObject({
      name: 'bob',
      role: 'viewer',
    });
    expect(await json('user', 'set-role', 'bob', 'ops')).toMatchObject({ role: 'ops' });
    expect(await json<unknown[]>('user', 'list', '-q', 'bob')).toHaveLength(1);
    await json('user', 'disable', 'bob');
    const refused = await cli(['whoami'], bob);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('request ');
    await json('user', 'enable', 'bob');
    expect((await cli(['whoami'], bob)).code).toBe(0);
  });

  it('have tokens that end', async () => {
    const made = await json<{ id: string; token: string }>('token', 'create', '--name', 'ci', '--expires', '30d');
    expect((await cli(['whoami'], made)).code).toBe(0);
    expect(await json<{ id: string }[]>('token', 'list')).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: made.id, name: 'ci' })]),
    );
    expect(await json('token', 'revoke', made.id)).toEqual({ id: made.id, revoked: true });
    expect((await cli(['whoami'], made)).code).toBe(1);
  });
});

describe('the tree', () => {
  const paths = async (...more: string[]) =>
    (await json<{ path: string }[]>('node', 'list', ...more)).map(({ path }) => path);

  it('grows, moves and is protected', async () => {
    expect(await json('node', 'create', 'shop.web.front')).toMatchObject({ path: 'shop.web.front' });
    await json('node', 'create', 'shop.数据库', '--description', 'where data lives');
    expect(await paths()).toEqual(['shop', 'shop.web', 'shop.web.front', 'shop.数据库']);
    expect(await paths('shop', '--children')).toEqual(['shop.web', 'shop.数据库']);
    expect(await paths('-q', 'front')).toEqual(['shop.web.front']);
    expect(await json('node', 'rename', 'shop.web.front', 'edge')).toMatchObject({ path: 'shop.web.edge' });
    await json('node', 'create', 'other');
    expect(await json('node', 'move', 'shop.web', 'other')).toMatchObject({ path: 'other.web' });
    expect(await json('node', 'move', 'other.web', '--root')).toMatchObject({ path: 'web' });
    expect(await json('node', 'bind', 'web.edge', ...hostNames())).toEqual({ bound: 3 });
    expect(await json<unknown[]>('node', 'machines', 'web')).toHaveLength(3);
    expect(await json<unknown[]>('node', 'machines', 'web', '--direct')).toHaveLength(0);
    expect(await json('node', 'unbind', 'web.edge', 'host-00003')).toEqual({ unbound: 1 });
    const refused = await cli(['node', 'delete', 'web', '-o', 'json']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('request ');
    expect(await json('node', 'delete', 'web', '--cascade')).toEqual({ deleted: 2, unbound: 2 });
    expect(await paths()).toEqual(['other', 'shop', 'shop.数据库']);
  });

  it('gives roles to people, and takes only the one that was named', async () => {
    await json('node', 'create', 'team.a');
    const { token } = await json<{ token: string }>('user', 'create', 'gina', '--role', 'none');
    const sees = async () => (await cli(['node', 'get', 'team.a'], { token })).code;
    expect(await sees()).toBe(1);
    expect(await json('node', 'grant', 'team', 'gina', '--role', 'dev-owner')).toMatchObject({
      user: 'gina',
      role: 'dev-owner',
    });
    expect(await sees()).toBe(0);
    expect(await json<unknown[]>('node', 'grants', 'team.a')).toEqual([
      expect.objectContaining({ user: 'gina', inherited: true }),
    ]);
    const run = await cli(['task', 'run', '--node', 'team.a', '--', 'id'], { token });
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect((await cli(['node', 'revoke', 'team', 'gina', '--role', 'viewer'])).code).toBe(1);
    expect(await sees()).toBe(0);
    expect(await json('node', 'revoke', 'team', 'gina', '--role', 'dev-owner')).toMatchObject({ revoked: true });
    expect(await sees()).toBe(1);
  });
});

describe('agents', () => {
  it('are listed and revoked, and join by tokens', async () => {
    const agents = await json<{ name: string }[]>('agent', 'list');
    expect(agents.map(({ name }) => name)).toEqual(hostNames());
    expect(Object.keys(agents[0] ?? {})).toEqual(
      expect.arrayContaining(['id', 'name', 'address', 'state', 'version', 'identity']),
    );
    expect((await cli(['agent', 'list'])).stdout).toMatch(/^NAME +ADDRESS +STATE/);
    expect(await json('agent', 'get', 'host-00001')).toMatchObject({ name: 'host-00001', state: 'online' });
    expect(await json<unknown[]>('machine', 'list')).toHaveLength(3);
    const tooEarly = await cli(['agent', 'join-token', 'create', '-o', 'json']);
    expect(tooEarly).toMatchObject({ code: 1, stdout: '' });
    await api.db
      .insertInto('certificate_authority')
      .values({ sha256: 'a'.repeat(64), certificate_pem: 'x' })
      .execute();
    const { token } = await json<{ token: string }>(
      'agent',
      'join-token',
      'create',
      '--name',
      'web-9',
      '--node',
      'shop',
      '--expires',
      '5m',
    );
    expect(token).toMatch(/^sbj_/);
    const extra = await api.machine('spare');
    expect(await json('agent', 'revoke', 'spare')).toMatchObject({ id: extra.agentId, state: 'revoked' });
    expect(await json<{ id: string }[]>('agent', 'list', '--state', 'revoked')).toMatchObject([{ id: extra.agentId }]);
  });
});

describe('tasks', () => {
  it('return at once for programs, are waited for, and show what came of them', async () => {
    const submitted = await json<{ id: string; state: string }>(
      'task',
      'run',
      '--host',
      `${hostNames().join(',')},nowhere`,
      '--script',
      '/dev/null',
      '--title',
      'x',
    ).catch((error: Error) => error);
    // An empty script is refused; the same with a body is taken.
    expect(String(submitted)).toContain('--script');
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
    const raw = await fetch(`${api.url}/api/v1/tasks/${id}/output?host=host-00001`, {
      headers: { authorization: `Bearer ${api.adminToken}` },
    });
    expect(Buffer.from(await raw.arrayBuffer())).toEqual(said);
  });

  // Without Temporal the api waits 5 s for an answer, then leaves an operation to poll.
  it('are paused; that is said once it is acknowledged, and refused a second time', async () => {
    const { id } = await json<{ id: string }>('task', 'run', '--host', 'host-00001', '--', 'sleep', '9');
    await advance(id);
    await ledger.acknowledge(id);
    let said = false;
    const pausing = json<{ id: string; state: string }>('task', 'pause', id).finally(() => (said = true));
    const [operation] = await eventually(
      'it is asked for',
      async () => {
        const requested = await findRequestedOperations(api.db, 0, 10);
        return requested.length > 0 && requested;
      },
      { withinMs: 10_000, everyMs: 20 },
    );
    await eventually(
      'the api no longer waits',
      async () => {
        const { rows } =
          await sql`select 1 from task_operation where id = ${operation?.id} and created_at < now() - interval '5.3 seconds'`.execute(
            api.db,
          );
        return rows.length > 0;
      },
      { withinMs: 10_000, everyMs: 50 },
    );
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
    await eventually('it is asked for', async () => (await findRequestedOperations(api.db, 0, 10)).length > 0, {
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

describe('audit, status and completion', () => {
  it('tell what happened, unbroken', async () => {
    const rows = await json<{ action: string; actorName: string }[]>(
      'audit',
      'list',
      '--action',
      'tree.*',
      '--actor',
      'admin',
    );
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.every(({ action, actorName }) => action.startsWith('tree.') && actorName === 'admin')).toBe(true);
    expect(await json<unknown[]>('audit', 'list', '--limit', '2')).toHaveLength(2);
    expect(await json('audit', 'verify')).toMatchObject({ intact: true });
    expect((await cli(['audit', 'list', '--since', 'yesterday-ish'])).stderr).toContain('--since');
  });

  it('say that this platform, which has no Temporal, is not ready', async () => {
    expect(await json('status')).toMatchObject({
      ready: false,
      addresses: { web: api.url, temporal: '127.0.0.1:1' },
      processes: [],
      agents: { total: 3 },
    });
    expect((await cli(['status', '--check'])).code).toBe(1);
  });

  it('complete names of nodes, hosts and tasks', async () => {
    expect((await cli(['__complete', 'node', 'get', 'sh'])).stdout).toMatch(/^shop\t/m);
    expect((await cli(['__complete', 'task', 'run', '--host', 'host-00001,host-00002'])).stdout).toMatch(
      /^host-00001,host-00002\t/m,
    );
    expect((await cli(['__complete', 'task', 'get', ''])).stdout).toContain(await latestTask());
  });
});
