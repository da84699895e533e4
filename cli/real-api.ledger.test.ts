import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';
import { createTaskLedger, type TaskLedger } from '#tests/support/task-ledger.ts';
import { createLocalCli } from './testing/local-cli.ts';

let api: TestApi;
let ledger: TaskLedger;
beforeAll(async () => {
  api = await startTestApi();
  ledger = await createTaskLedger(api.db, 3);
});
afterAll(() => api.remove());

const { run: cli, json } = createLocalCli(() => api);
const hostNames = () => ledger.hosts.map(({ host }) => host);

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
    expect(refused.stderr).toContain('  children: edge\nrequest ');
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
    const noDay = await cli(['audit', 'list', '--until', '2026-02-30']);
    expect([noDay.code, noDay.stderr]).toEqual([2, expect.stringMatching('--until.*no such date')]);
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
    expect((await cli(['__complete', 'node', 'get', 'sh'])).stdout).toBe('shop\t\n');
    expect((await cli(['__complete', 'node', 'get', 'shop.'])).stdout).toBe('shop.数据库\twhere data lives\n');
    expect((await cli(['__complete', 'task', 'run', '--host', 'host-00001,host-00002'])).stdout).toMatch(
      /^host-00001,host-00002\t/m,
    );
    const id = await ledger.submit();
    expect((await cli(['__complete', 'task', 'get', ''])).stdout).toBe(`${id}\tsubmitted Say hello\n`);
  });
});
