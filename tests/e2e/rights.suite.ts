import { beforeAll, describe, expect, it } from 'vitest';
import { cliJson, type Spine, type TaskJson } from './spine.ts';

/** Who may do what, through the command line and with a token alone. */
export function rightsSuite(ready: () => Spine): void {
  describe('rights', () => {
    const tokens = new Map<string, string>();
    const as = (name: string, ...args: string[]) => {
      const { platform } = ready();
      const { url } = platform.signIn();
      return platform.cli(args, {
        env: { SIGNALBOX_DATA: '', SIGNALBOX_URL: url, SIGNALBOX_TOKEN: tokens.get(name) ?? '' },
      });
    };

    beforeAll(async () => {
      const spine = ready();
      for (const [name, role] of [
        ['anna', 'admin'],
        ['otto', 'ops'],
        ['vera', 'viewer'],
        ['gina', 'viewer'],
      ] as const) {
        const user = await cliJson<{ id: string; name: string; token: string }>(
          spine,
          'user',
          'create',
          name,
          '--role',
          role,
        );
        expect(user).toMatchObject({ name, id: expect.any(String) as string });
        tokens.set(name, user.token);
      }
      await cliJson(spine, 'node', 'create', 'team.a');
      await cliJson(spine, 'node', 'create', 'team.b');
      await cliJson(spine, 'node', 'bind', 'team.a', 'alpha');
      await cliJson(spine, 'node', 'bind', 'team.b', 'beta');
      await cliJson(spine, 'node', 'grant', 'team.a', 'gina', '--role', 'ops-owner');
    });

    it.each([
      ['anna', 'admin'],
      ['otto', 'ops'],
      ['vera', 'viewer'],
    ])('%s is %s', async (name, role) => {
      const result = await as(name, 'whoami', '-o', 'json');
      expect(result.json()).toMatchObject({ name, role });
    });

    it('ops runs tasks; a viewer looks and runs nothing', async () => {
      const spine = ready();
      const run = await as('otto', 'task', 'run', '--node', 'team', '--wait', '-o', 'json', '--', 'true');
      expect(run.code).toBe(0);
      const { id } = run.json<TaskJson>();
      expect((await as('vera', 'task', 'get', id, '-o', 'json')).json()).toMatchObject({ id });
      expect((await as('vera', 'task', 'list', '-o', 'json')).json<TaskJson[]>().map((task) => task.id)).toContain(id);
      const before = await countTasks(spine);
      for (const refused of [
        ['task', 'run', '--node', 'team', '-o', 'json', '--', 'true'],
        ['task', 'retry-failed', id],
        ['node', 'create', 'team.c'],
        ['user', 'create', 'eve', '--role', 'admin'],
        ['agent', 'join-token', 'create'],
      ]) {
        const result = await as('vera', ...refused);
        expect([refused.join(' '), result.code, result.stdout]).toEqual([refused.join(' '), 1, '']);
      }
      expect((await as('otto', 'user', 'create', 'eve', '--role', 'admin')).code).toBe(1);
      expect(await countTasks(spine)).toBe(before);
    });

    it('a grant holds for its node and no other, until it is revoked', async () => {
      const spine = ready();
      expect((await as('gina', 'task', 'run', '--node', 'team.a', '--wait', '-o', 'json', '--', 'true')).code).toBe(0);
      const before = await countTasks(spine);
      const other = await spine.platform.api.request<{ errors?: { field: string }[] }>('POST', '/api/v1/tasks', {
        token: tokens.get('gina') ?? null,
        body: { target: { node: 'team.b' }, command: ['true'] },
      });
      expect([403, 404, 422]).toContain(other.status);
      expect(other.body.errors?.map(({ field }) => field)).toEqual(['target.node']);
      expect((await as('gina', 'task', 'run', '--host', 'beta', '-o', 'json', '--', 'true')).code).toBe(1);
      expect(await countTasks(spine)).toBe(before);
      expect((await spine.platform.cli(['node', 'revoke', 'team.a', 'gina', '--role', 'ops-owner'])).code).toBe(0);
      expect((await as('gina', 'task', 'run', '--node', 'team.a', '-o', 'json', '--', 'true')).code).toBe(1);
      expect(await countTasks(spine)).toBe(before);
    });

    it('no token, a wrong one: nothing', async () => {
      const { platform } = ready();
      for (const token of [null, 'sbx_wrong']) {
        expect((await platform.api.request('GET', '/api/v1/tasks', { token })).status).toBe(401);
      }
    });
  });
}

async function countTasks({ platform }: Spine): Promise<number> {
  const { n } = await platform.database.db
    .selectFrom('task')
    .select(({ fn }) => fn.countAll<string>().as('n'))
    .executeTakeFirstOrThrow();
  return Number(n);
}
