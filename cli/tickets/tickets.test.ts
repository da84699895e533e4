import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TicketDetail, TicketOperation } from '#api/tickets/tickets.contract.ts';
import { runCliHere } from '../testing/run-cli.ts';
import { startSmallServer, type SmallServer } from '../testing/small-server.ts';

let server: SmallServer;
let received: { path: string; query: Record<string, string>; key: string | undefined; body: unknown }[];
/** Answers of GET /tickets/k1, one after the other; the last one stays. */
let tickets: Partial<TicketDetail>[];
let taskState: string;
let operation: Partial<TicketOperation>;
beforeEach(async () => {
  received = [];
  tickets = [{ state: 'pending' }];
  taskState = 'awaiting-approval';
  operation = {};
  server = await startSmallServer(platform());
});
afterEach(() => server.stop());

const counts = {
  total: 1,
  succeeded: 0,
  failed: 0,
  timedOut: 0,
  killed: 0,
  lost: 0,
  revoked: 0,
  buried: 0,
  pending: 1,
  running: 0,
};
const task = () => ({ id: 't1', state: taskState, title: 'x', ticketId: 'k1', counts, nodes: [] });
const ticket = (part: Partial<TicketDetail>) => ({
  id: 'k1',
  kind: 'task.run',
  title: 'patch',
  requester: 'bob',
  nodes: ['infra'],
  version: 1,
  contentHash: 'abc',
  taskId: 't1',
  risk: 'low',
  stepsPassed: 0,
  steps: 1,
  mineToDecide: true,
  createdAt: '2026-11-21T10:00:00.000Z',
  timeoutAt: null,
  runAt: null,
  endedAt: null,
  targetsTotal: 1,
  policyVersion: 'p',
  fourEyes: true,
  content: {
    kind: 'task.run',
    schemaVersion: 1,
    baseVersion: 'b',
    runAt: null,
    payload: { title: 'patch', script: 'echo 1\n\u001b[2Jecho 2\n', args: [], timeoutMs: 5 },
    targets: [{ id: 'm1', name: 'web-1', generation: '' }],
  },
  flow: [
    {
      step: 1,
      state: 'current',
      need: 'any',
      approvedBy: [],
      approvers: ['alice', 'carol'],
      policyNode: 'infra',
      timeoutMs: 1000,
      onTimeout: 'refuse',
    },
  ],
  decisions: [],
  expiresAt: null,
  reason: null,
  params: {},
  detail: null,
  result: null,
  workflowId: 'ticket/k1',
  actions: [],
  ...part,
});

/** Answers as the api would, as far as the frame of the command is concerned; what the api decides is not tested here. */
function platform(): Hono {
  const app = new Hono();
  app.use('*', async (c, next) => {
    const text = c.req.method === 'GET' ? '' : await c.req.text();
    received.push({
      path: `${c.req.method} ${c.req.path}`,
      query: c.req.query(),
      key: c.req.header('idempotency-key'),
      body: text === '' ? undefined : JSON.parse(text),
    });
    await next();
  });
  app.post('/api/v1/tasks', (c) => c.json(task(), 202));
  app.get('/api/v1/tasks/t1', (c) => c.json(task()));
  app.get('/api/v1/tasks/t1/hosts', (c) => c.json({ items: [], next: null }));
  app.post('/api/v1/changes/preview', (c) =>
    c.json({
      kind: 'task.run',
      mode: 'ticket',
      hosts: 2,
      unknownHosts: ['nowhere'],
      fourEyes: true,
      decidedBy: [{ node: null, mode: 'ticket' }],
      steps: [{ step: 1, need: 'all', approvers: ['alice', 'carol'], policyNode: null }],
    }),
  );
  app.get('/api/v1/tickets', (c) => c.json({ items: [ticket({ state: 'pending' })], next: null }));
  app.post('/api/v1/tickets', (c) => c.json({ id: 'k1', state: 'pending', contentHash: 'abc', taskId: null }, 202));
  app.get('/api/v1/tickets/k1', (c) => c.json(ticket((tickets.length > 1 ? tickets.shift() : tickets[0]) ?? {})));
  app.get('/api/v1/tickets/k1/diff', (c) =>
    c.json({
      from: 1,
      to: 2,
      sections: [
        { title: 'script', language: 'shell', before: 'a', after: 'b', unified: '@@\n-a\n+b\n', leftOut: null },
      ],
    }),
  );
  app.get('/api/v1/tickets/k1/operations/o1', (c) => c.json(answer()));
  app.post('/api/v1/tickets/k1/:action', (c) => c.json({ ...answer(), action: c.req.param('action') }));
  app.get('/api/v1/notifications', (c) => c.json({ items: [], next: null, unread: 2 }));
  app.post('/api/v1/notifications/read', (c) => c.json({ read: 2, unread: 0 }));
  app.post('/api/v1/webhooks', (c) =>
    c.json({ id: 'w1', name: 'chat', url: 'https://x', enabled: true, kinds: [], secret: 'whsec_1' }, 201),
  );
  return app;
}

const answer = () => ({
  id: 'o1',
  ticketId: 'k1',
  action: 'approve',
  state: 'applied',
  actor: 'alice',
  reason: null,
  detail: null,
  ticketState: 'applying',
  createdAt: '',
  handledAt: null,
  ...operation,
});

function run(argv: readonly string[], more: Parameters<typeof runCliHere>[1] = {}) {
  return runCliHere(argv, { ...more, env: { SIGNALBOX_URL: server.url, SIGNALBOX_TOKEN: 'sbx_t' } });
}
const sent = (path: string) => received.find((request) => request.path === path);

describe('task run that needs an approval', () => {
  const argv = ['task', 'run', '--node', 'x'];

  it('says so and returns, for people too', async () => {
    const people = await run([...argv, '--', 'id']);
    expect(people).toMatchObject({ code: 0, stderr: '' });
    expect(people.stdout).toMatch(/^Waits for approval: ticket k1$/m);
    expect(people.stdout).toContain('signalbox ticket approve k1');
    const programs = await run([...argv, '-o', 'json', '--', 'id']);
    expect(programs).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(programs.stdout)).toMatchObject({ id: 't1', state: 'awaiting-approval', ticketId: 'k1' });
    expect(received.map(({ path }) => path)).toEqual(['POST /api/v1/tasks', 'POST /api/v1/tasks']);
  });

  it('waits through the approval with --wait, and says why it will never run', async () => {
    const waiting = run([...argv, '--wait', '-o', 'json', '--', 'id']);
    setTimeout(() => (taskState = 'refused'), 200);
    tickets = [{ state: 'rejected', detail: 'not on a Friday' }];
    const { code, stdout, stderr } = await waiting;
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { id: 't1', state: 'refused', ticketId: 'k1' }]);
    expect(stderr).toContain('waits for approval: ticket k1');
    expect(stderr).toContain('its ticket k1 is rejected: not on a Friday');
  }, 15_000);

  it('takes times in UTC or local, and refuses what is none', async () => {
    await run([...argv, '--run-at', '2026-11-21T23:00:00+01:00', '--expires-at', '2026-11-21T23:00Z', '--', 'id']);
    expect(sent('POST /api/v1/tasks')?.body).toMatchObject({
      runAt: '2026-11-21T22:00:00.000Z',
      expiresAt: '2026-11-21T23:00:00.000Z',
    });
    for (const [time, said] of [
      ['tomorrow', 'must be a time'],
      ['10', 'must be a time'],
      ['2026-13-45T00:00', 'no such date'],
      ['2026-02-30T10:00Z', 'no such date'],
    ] as const) {
      const ran = await run([...argv, '--run-at', time, '--', 'id']);
      expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching(`--run-at.*${said}`)]);
    }
  });

  it('takes no hour that the clocks of this machine skip', async () => {
    vi.stubEnv('TZ', 'Europe/Berlin');
    const ran = await run([...argv, '--run-at', '2027-03-28T02:30', '--', 'id']);
    vi.unstubAllEnvs();
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringMatching('--run-at.*skip that hour')]);
    expect(sent('POST /api/v1/tasks')).toBeUndefined();
  });

  it('is only looked at with --preview', async () => {
    const { stdout } = await run([...argv, '--preview', '--', 'id']);
    expect(stdout).toMatch(/mode +ticket: it waits for an approval/);
    expect(stdout).toMatch(/approval +all of alice, carol \(policy of the whole tree\)/);
    expect(stdout).toMatch(/unknown hosts +nowhere/);
    expect(received.map(({ path, body }) => [path, body])).toEqual([
      [
        'POST /api/v1/changes/preview',
        { kind: 'task.run', task: { target: { node: 'x' }, command: ['id'], strategy: {} } },
      ],
    ]);
  });
});

describe('ticket', () => {
  it.each([
    [['approve', 'k1', '--hash', 'abc'], { contentHash: 'abc' }],
    [['approve', 'k1', '-m', 'fine', '--hash', 'abc', '--step', '2'], { message: 'fine', contentHash: 'abc', step: 2 }],
    [['reject', 'k1', '-m', 'no', '--hash', 'abc'], { message: 'no', contentHash: 'abc' }],
    [['withdraw', 'k1'], {}],
    [['comment', 'k1', '-m', 'hm'], { message: 'hm' }],
    [['transfer', 'k1', 'carol'], { user: 'carol' }],
    [['add-approver', 'k1', 'carol', '-m', 'knows it'], { user: 'carol', message: 'knows it' }],
    [['complete', 'k1', '--outcome', 'failed', '-m', 'no power'], { outcome: 'failed', message: 'no power' }],
    [
      ['resubmit', 'k1', '-m', 'better', '--host', 'a', '--', 'id', '-u'],
      { task: { target: { hosts: ['a'] }, command: ['id', '-u'], strategy: {} }, message: 'better' },
    ],
  ])('%j asks for it once, in the words of the API', async (argv, body) => {
    const at = argv.includes('--') ? argv.indexOf('--') : argv.length;
    const ran = await run(['ticket', ...argv.slice(0, at), '-o', 'json', ...argv.slice(at)]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ran.stdout)).toMatchObject({
      id: 'o1',
      ticketId: 'k1',
      action: argv[0],
      state: 'applied',
      ticketState: 'applying',
    });
    expect(received).toMatchObject([
      { path: `POST /api/v1/tickets/k1/${argv[0]}`, body, key: expect.stringMatching(/^cli-/) as string },
    ]);
  });

  it.each([
    [['reject', 'k1'], '--message'],
    [['approve', 'k1'], '--hash: needed where there is no terminal'],
    [['approve', 'k1', '-o', 'json'], 'signalbox ticket get k1 shows it'],
    [['reject', 'k1', '-m', 'no'], '--hash'],
    [['comment', 'k1'], '--message'],
    [['complete', 'k1'], '--outcome'],
    [['complete', 'k1', '--outcome', 'maybe'], '--outcome'],
    [['transfer', 'k1'], 'user'],
    [['resubmit', 'k1', '--node', 'x'], '--script'],
    [['list', '--to-decide', '--mine'], '--to-decide'],
    [['list', '--state', 'odd'], '--state'],
  ])('refuses %j with code 2 and sends nothing', async (argv, named) => {
    const ran = await run(['ticket', ...argv]);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(named)]);
    expect(received).toEqual([]);
  });

  it.each([
    ['approve', 'y\n', 'Once its step is approved, exactly this is carried out on 1 target, at once.'],
    ['approve', ' Yes \n', 'Approve exactly this? [y/N]'],
    ['reject', 'y\n', 'Rejected, the ticket ends and nothing of this happens.'],
  ])('%s at a terminal shows the content, and is sent for that after %j', async (verdict, stdin, told) => {
    const ran = await run(['ticket', verdict, 'k1', '-m', 'seen', '-o', 'json'], { tty: true, stdin });
    expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining(told)]);
    expect(ran.stderr).toContain('content hash abc');
    expect(ran.stderr).toContain('echo 1\n');
    expect(ran.stderr).not.toContain('\u001b[2J');
    expect(JSON.parse(ran.stdout)).toMatchObject({ id: 'o1' });
    expect(sent(`POST /api/v1/tickets/k1/${verdict}`)?.body).toEqual({ message: 'seen', contentHash: 'abc' });
  });

  it.each(['', '\n', 'n\n', 'yellow\n'])('approve at a terminal sends nothing after %j', async (stdin) => {
    const ran = await run(['ticket', 'approve', 'k1'], { tty: true, stdin });
    expect([ran.code, ran.stdout, ran.stderr]).toEqual([1, '', expect.stringContaining('nothing was sent')]);
    expect(received.map(({ path }) => path)).toEqual(['GET /api/v1/tickets/k1']);
  });

  it('shows the new state, says what is only written down, and ends with 1 where it is refused after all', async () => {
    expect((await run(['ticket', 'approve', 'k1', '--hash', 'abc'])).stdout).toMatch(/^ticket +k1\nstate +applying\n/);
    operation = { state: 'requested', ticketState: 'pending' };
    const later = await run(['ticket', 'approve', 'k1', '--hash', 'abc', '--patience', '1ms', '-o', 'json']);
    expect(later).toMatchObject({ code: 0, stderr: expect.stringContaining('written down (operation o1)') as string });
    expect(JSON.parse(later.stdout)).toMatchObject({ state: 'requested', ticketState: 'pending' });
    operation = { state: 'refused', reason: 'ticket-ended', detail: 'it has ended' };
    const refused = await run(['ticket', 'approve', 'k1', '--hash', 'abc', '-o', 'json']);
    expect(refused).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('refused: it has ended (ticket-ended)') as string,
    });
  });

  it('is created for a step that a person carries out', async () => {
    const argv = ['ticket', 'create', '--node', 'infra', '--title', 'cable', '--instructions', '-', '-o', 'name'];
    expect(await run(argv, { stdin: 'plug it in\n' })).toMatchObject({ code: 0, stdout: 'k1\n' });
    expect(received).toMatchObject([
      {
        path: 'POST /api/v1/tickets',
        key: expect.stringMatching(/^cli-/) as string,
        body: { kind: 'manual.step', node: 'infra', title: 'cable', instructions: 'plug it in\n' },
      },
    ]);
    expect(received[0]?.body).not.toHaveProperty('output');
  });

  it('is listed by whose it is', async () => {
    for (const [argv, query] of [
      [[], { scope: 'visible' }],
      [['--to-decide', '--state', 'open'], { scope: 'to-decide', state: 'open' }],
      [['--mine', '--kind', 'task.run'], { scope: 'requested', kind: 'task.run' }],
    ] as const) {
      received = [];
      const { code, stdout } = await run(['ticket', 'list', ...argv]);
      expect([code, received[0]?.query]).toMatchObject([0, query]);
      expect(stdout).toMatch(/k1 +pending +decide +0\/1 +task.run +bob/);
    }
  });

  it('shows exactly what would run, harmless on a terminal', async () => {
    const { stdout } = await run(['ticket', 'get', 'k1']);
    expect(stdout).toMatch(/step 1 +current: any of alice, carol \(policy of infra\), else refuse after 1.0 s/);
    expect(stdout).toContain('content hash abc');
    expect(stdout).toContain('script:\necho 1\necho 2\n');
    expect((await run(['ticket', 'diff', 'k1', '--from', '1', '--to', '2'])).stdout).toBe(
      'Version 1 to 2\nscript\n@@\n-a\n+b\n',
    );
    expect(received.at(-1)?.query).toEqual({ from: '1', to: '2' });
  });

  it('is waited for until it has ended; 0 only where it is done', async () => {
    tickets = [{ state: 'pending' }, { state: 'applying' }, { state: 'done' }];
    const done = await run(['ticket', 'wait', 'k1', '-o', 'json']);
    expect([done.code, JSON.parse(done.stdout)]).toMatchObject([0, { id: 'k1', state: 'done' }]);
    expect(done.stderr).toContain('pending  waits for any of alice, carol\napplying\n');
    tickets = [{ state: 'rejected', detail: 'no' }];
    const rejected = await run(['ticket', 'get', 'k1', '--wait']);
    expect([rejected.code, rejected.stdout]).toEqual([1, expect.stringMatching(/state +rejected: no/)]);
  }, 20_000);
});

describe('messages', () => {
  it('are shown, then marked as read', async () => {
    const ran = await run(['inbox', '--unread', '--read-all']);
    expect(ran).toMatchObject({ code: 0, stderr: 'No messages.\nMarked as read: 2\n' });
    expect(received).toMatchObject([
      { path: 'GET /api/v1/notifications', query: { unread: 'true' } },
      { path: 'POST /api/v1/notifications/read', body: { all: true } },
    ]);
  });

  it('go to webhooks, whose secret is shown once', async () => {
    const argv = ['webhook', 'create', 'chat', 'https://x', '--kind', 'ticket.ended', '--kind', 'ticket.opened'];
    expect((await run(argv)).stdout).toMatch(/secret +whsec_1/);
    expect(sent('POST /api/v1/webhooks')?.body).toEqual({
      name: 'chat',
      url: 'https://x',
      kinds: ['ticket.ended', 'ticket.opened'],
    });
    expect(await run([...argv, '--kind', 'odd'])).toMatchObject({ code: 2, stdout: '' });
  });
});
