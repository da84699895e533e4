import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCliHere } from '../testing/run-cli.ts';
import { startSmallServer, type SmallServer } from '../testing/small-server.ts';

let server: SmallServer;
let received: { path: string; body: unknown }[];
beforeEach(async () => {
  received = [];
  server = await startSmallServer(platform());
});
afterEach(() => server.stop());

const policy = {
  kind: 'task.run',
  node: 'infra',
  inherited: true,
  mode: 'ticket',
  fourEyes: true,
  version: 3,
  steps: [
    {
      approvers: [
        { type: 'user', user: 'alice' },
        { type: 'role', role: 'admin' },
      ],
      need: 2,
    },
    { approvers: [{ type: 'owners' }], need: 'any' },
  ],
  remindAfterMs: 1,
  timeoutMs: 7_200_000,
  onTimeout: 'escalate',
  escalateTo: [{ type: 'user', user: 'carol' }],
  updatedBy: 'root',
  updatedAt: '2026-11-21T10:00:00.000Z',
};

/** Answers as the api would, as far as the frame of the command is concerned; what the api decides is not tested here. */
function platform(): Hono {
  const app = new Hono();
  app.use('*', async (c, next) => {
    const text = c.req.method === 'GET' ? '' : await c.req.text();
    received.push({ path: `${c.req.method} ${c.req.path}`, body: text === '' ? undefined : JSON.parse(text) });
    await next();
  });
  for (const path of ['/api/v1/policies', '/api/v1/nodes/:node/policies']) {
    app.get(path, (c) => c.json({ items: [policy, { ...policy, kind: 'manual.step', mode: 'direct', version: 0 }] }));
    app.put(`${path}/:kind`, (c) => c.json(policy));
    app.delete(`${path}/:kind`, (c) => c.json(policy));
  }
  return app;
}

function run(argv: readonly string[]) {
  return runCliHere(argv, { env: { SIGNALBOX_URL: server.url, SIGNALBOX_TOKEN: 'sbx_t' } });
}

describe('node policy', () => {
  const put = async (...argv: string[]) => {
    received = [];
    const ran = await run(['node', 'policy', ...argv]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    return received.map(({ path, body }) => [path, body]);
  };

  it('says the policy in the words of the API', async () => {
    expect(await put('infra.prod', '--mode', 'ticket')).toEqual([
      ['PUT /api/v1/nodes/infra.prod/policies/task.run', { mode: 'ticket', fourEyes: true }],
    ]);
    expect(
      await put(
        ...['/', '--kind', 'manual.step', '--mode', 'ticket', '--approver', 'alice', '--approver', 'owners'],
        ...['--approver-role', 'admin', '--owners', '--need', '2', '--no-four-eyes', '--remind-after', '4h'],
        ...['--timeout', '3d', '--on-timeout', 'escalate', '--escalate-to', 'carol', '--escalate-to', '@ops'],
      ),
    ).toEqual([
      [
        'PUT /api/v1/policies/manual.step',
        {
          mode: 'ticket',
          steps: [
            {
              approvers: [
                { type: 'user', user: 'alice' },
                { type: 'user', user: 'owners' },
                { type: 'role', role: 'admin' },
                { type: 'owners' },
              ],
              need: 2,
            },
          ],
          fourEyes: false,
          remindAfterMs: 14_400_000,
          timeoutMs: 259_200_000,
          onTimeout: 'escalate',
          escalateTo: [
            { type: 'user', user: 'carol' },
            { type: 'role', role: 'ops' },
          ],
        },
      ],
    ]);
    expect(await put('x', '--mode', 'forbidden')).toEqual([
      ['PUT /api/v1/nodes/x/policies/task.run', { mode: 'forbidden' }],
    ]);
    expect(await put('x', '--remove')).toEqual([['DELETE /api/v1/nodes/x/policies/task.run', undefined]]);
  });

  it('takes many steps, in order', async () => {
    const [request] = await put('x', '--mode', 'ticket', '--step', 'owners', '--step', 'bob, @admin,owners:all');
    expect(request?.[1]).toMatchObject({
      steps: [
        { approvers: [{ type: 'owners' }] },
        {
          approvers: [{ type: 'user', user: 'bob' }, { type: 'role', role: 'admin' }, { type: 'owners' }],
          need: 'all',
        },
      ],
    });
  });

  it('shows what holds and where it is set', async () => {
    const { stdout } = await run(['node', 'policy', 'infra.prod']);
    expect(stdout).toMatch(/^KIND +MODE +SET ON +APPROVAL/);
    expect(stdout).toMatch(
      /task.run +ticket +infra +2 of alice, @admin, then owners +yes +escalate to carol after 2 h/,
    );
    expect(stdout).toMatch(/manual.step +direct +\(nothing set\) +- +-/);
    const json = await run(['node', 'policy', '/', '--kind', 'task.run', '-o', 'json']);
    expect(JSON.parse(json.stdout)).toEqual([policy]);
    expect(received.map(({ path }) => path)).toEqual(['GET /api/v1/nodes/infra.prod/policies', 'GET /api/v1/policies']);
  });

  it.each([
    [['--approver', 'alice'], '--approver: sets a policy; give --mode ticket'],
    [['--mode', 'direct', '--owners'], '--owners: goes with --mode ticket'],
    [['--mode', 'direct', '--remove'], '--mode'],
    [['--remove', '--need', 'all'], '--need'],
    [['--mode', 'ticket', '--need', 'most'], '--need'],
    [['--mode', 'ticket', '--need', '0'], '--need'],
    [['--mode', 'ticket', '--step', 'a:most'], '--step'],
    [['--mode', 'ticket', '--step', ':all'], '--step: names nobody'],
    [['--mode', 'ticket', '--step', '@boss'], 'there is no role @boss'],
    [['--mode', 'ticket', '--step', 'a', '--approver', 'b'], '--step'],
    [['--mode', 'ticket', '--approver-role', 'boss'], '--approver-role'],
    [['--mode', 'ticket', '--timeout', '3'], '--timeout'],
    [['--mode', 'maybe'], '--mode'],
    [['--kind', 'no.such'], '--kind'],
  ])('refuses %j with code 2, names the option, and sends nothing', async (argv, named) => {
    const ran = await run(['node', 'policy', 'x', ...argv]);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain(named);
    expect(received).toEqual([]);
  });
});
