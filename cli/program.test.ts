import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TaskState } from '#domain/tasks/task.ts';
import { runCliHere } from './testing/run-cli.ts';
import { startSmallServer, type SmallServer } from './testing/small-server.ts';

let folder: string;
let server: SmallServer;
let received: {
  path: string;
  query: Record<string, string>;
  key: string | undefined;
  body: unknown;
  token: string | undefined;
}[];
let endState: TaskState;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-cli-'));
  writeFileSync(join(folder, 'hello.sh'), '#!/bin/bash\necho hello\n');
  writeFileSync(join(folder, 'hosts.txt'), '# first\nweb-1\r\n\n10.0.0.2  # second\nweb-3, web-4\n');
  writeFileSync(join(folder, 'none.txt'), '# nobody\n');
  writeFileSync(join(folder, 'binary'), Buffer.from([0xff, 0xfe, 0x00, 0xc3]));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  received = [];
  endState = 'succeeded';
  server = await startSmallServer(platform());
});
afterEach(() => server.stop());

const counts = {
  total: 1,
  succeeded: 1,
  failed: 0,
  timedOut: 0,
  killed: 0,
  lost: 0,
  revoked: 0,
  buried: 0,
  pending: 0,
  running: 0,
};

/** Answers as the api would, as far as the frame of the command is concerned; what the api decides is not tested here. */
function platform(): Hono {
  const app = new Hono();
  app.use('*', async (c, next) => {
    const text = c.req.method === 'GET' ? '' : await c.req.text();
    received.push({
      path: `${c.req.method} ${c.req.path}`,
      query: c.req.query(),
      key: c.req.header('idempotency-key'),
      token: c.req.header('authorization'),
      body: text === '' ? undefined : JSON.parse(text),
    });
    await next();
  });
  app.post('/api/v1/tasks', (c) => c.json({ id: 't1', state: 'submitted', title: 'x', ticketId: null, counts }, 201));
  app.get('/api/v1/tasks/t1', (c) =>
    c.json({ id: 't1', state: endState, title: 'x', ticketId: null, counts, nodes: [] }),
  );
  app.get('/api/v1/tasks/t1/hosts', (c) => c.json({ items: [], next: null }));
  app.get('/api/v1/users', (c) => {
    const from = Number(c.req.query('cursor') ?? 0);
    const items = Array.from({ length: Math.min(2, 5 - from) }, (_, n) => ({
      id: `u${from + n}`,
      name: `user-${from + n}`,
    }));
    return c.json({ items, next: from + 2 < 5 ? String(from + 2) : null });
  });
  app.post('/api/v1/users', (c) =>
    c.json(
      {
        type: 'urn:signalbox:problem:invalid-input',
        title: 'Invalid input',
        status: 422,
        code: 'invalid-input',
        detail: 'The input is wrong',
        errors: [
          { field: 'role', message: 'no such role' },
          { field: 'withPassword', message: 'not now' },
          { field: 'hosts.3', message: 'is twice there' },
        ],
        blockers: ['a', 'b'],
        requestId: 'req-42',
      },
      422,
    ),
  );
  return app;
}

function run(argv: readonly string[], more: Parameters<typeof runCliHere>[1] = {}) {
  return runCliHere(argv, {
    cwd: folder,
    ...more,
    env: { SIGNALBOX_URL: server.url, SIGNALBOX_TOKEN: 'sbx_t', ...more.env },
  });
}
const submission = () => received.find(({ path }) => path === 'POST /api/v1/tasks');

describe('task run', () => {
  it('leaves everything after -- to the command, options and further -- too', async () => {
    const ran = await run([
      'task',
      'run',
      '--node',
      'demo.local',
      '-o',
      'json',
      '--',
      'bash',
      '-c',
      'echo "$1"',
      '--',
      '--wait',
      '-o',
      'table',
    ]);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ran.stdout)).toEqual({ id: 't1', state: 'submitted', title: 'x', ticketId: null, counts });
    expect(submission()?.body).toEqual({
      target: { node: 'demo.local' },
      command: ['bash', '-c', 'echo "$1"', '--', '--wait', '-o', 'table'],
      strategy: {},
    });
  });

  it('says all its options in the words of the API', async () => {
    const argv = [
      ...[
        'task',
        'run',
        '--hosts-file',
        'hosts.txt',
        '--script',
        'hello.sh',
        '--arg',
        '--x',
        '--arg',
        'a b',
        '--run-as',
        'deploy',
      ],
      ...[
        '--concurrency',
        '2',
        '--timeout',
        '30s',
        '--on-error',
        '10%',
        '--env',
        'A=b=c',
        '--env-secret',
        'PASSWORD=db-password',
        '--env-secret',
        'TOKEN=shop.token@3',
        '--work-dir',
        '/tmp',
        '--title',
        'hi',
      ],
      ...['--interpreter', 'bash', '--no-wait'],
    ];
    expect(await run(argv)).toMatchObject({ code: 0 });
    expect(submission()?.body).toEqual({
      target: { hosts: ['web-1', '10.0.0.2', 'web-3', 'web-4'] },
      script: '#!/bin/bash\necho hello\n',
      args: ['--x', 'a b'],
      runAs: 'deploy',
      timeout: '30s',
      env: { A: 'b=c', PASSWORD: { secret: 'db-password' }, TOKEN: { secret: 'shop.token', version: 3 } },
      workDir: '/tmp',
      title: 'hi',
      interpreter: 'bash',
      strategy: { concurrency: 2, onError: '10%' },
    });
    expect(submission()?.key).toMatch(/^cli-[0-9a-f-]{36}$/);
  });

  it('takes hosts in the order given, and script or hosts from standard input', async () => {
    await run(['task', 'run', '--host', 'b, a', '--host', 'c', '--script', '-', '--no-wait'], { stdin: 'echo hi\n' });
    expect(submission()?.body).toMatchObject({ target: { hosts: ['b', 'a', 'c'] }, script: 'echo hi\n' });
  });

  it.each([
    [['--node', 'x'], '--script'],
    [['--node', 'x', '--script', 'hello.sh', '--', 'id'], '--script'],
    [['--node', 'x', '--library', 'y', '--', 'id'], '--library'],
    [['--node', 'x', '--library', 'y', '--script', 'hello.sh'], '--library'],
    [['--node', 'x', '--library', 'a@b'], "--library: 'a@b' is not like NAME"],
    [['--node', 'x', '--script', 'absent.sh'], '--script: cannot read absent.sh: there is no such file'],
    [['--node', 'x', '--script', '.'], '--script: cannot read .: it is a folder'],
    [['--node', 'x', '--script', 'binary'], '--script: binary is no text'],
    [['--', 'id'], '--node'],
    [['--node', 'x', '--host', 'y', '--', 'id'], '--node'],
    [['--host', ' , ', '--', 'id'], '--host: names no host'],
    [['--hosts-file', 'none.txt', '--', 'id'], '--hosts-file: none.txt names no host'],
    [['--node', 'x', '--env', 'A', '--', 'id'], '--env'],
    [['--node', 'x', '--env-secret', 'A', '--', 'id'], '--env-secret'],
    [['--node', 'x', '--env-secret', 'A=b@0', '--', 'id'], '--env-secret'],
    [['--node', 'x', '--env-secret', 'A=b@latest', '--', 'id'], '--env-secret'],
    [['--node', 'x', '--env', 'A=x', '--env-secret', 'A=b', '--', 'id'], '--env-secret: A is given by --env too'],
    [['--node', 'x', '--concurrency', 'two', '--', 'id'], '--concurrency'],
    [['--node', 'x', '--'], '--: no command'],
    [['--node', 'x', 'id', '-u'], '-u'],
    [['--node', 'x', 'id'], 'put the command after --'],
    [['--node'], '--node'],
  ])('refuses %j with code 2, names the option, and sends nothing', async (argv, named) => {
    const ran = await run(['task', 'run', ...argv]);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain(named);
    expect(received).toEqual([]);
  });

  it('returns at once for programs and waits for people, unless told otherwise', async () => {
    const command = ['--node', 'x', '--', 'id'];
    const waited = async (...options: string[]) => {
      received = [];
      await run(['task', 'run', ...options, ...command]);
      return received.some(({ path }) => path === 'GET /api/v1/tasks/t1');
    };
    expect([
      await waited(),
      await waited('--no-wait'),
      await waited('-o', 'json'),
      await waited('-o', 'yaml', '--wait'),
    ]).toEqual([true, false, false, true]);
  });

  it('ends with 0 only for a task that succeeded everywhere', async () => {
    const codes = [];
    for (endState of ['succeeded', 'failed', 'killed'] as const) {
      const ran = await run(['task', 'run', '--node', 'x', '--wait', '-o', 'json', '--', 'id']);
      codes.push([(JSON.parse(ran.stdout) as { state: string }).state, ran.code]);
    }
    expect(codes).toEqual([
      ['succeeded', 0],
      ['failed', 1],
      ['killed', 1],
    ]);
  });
});

describe('lists', () => {
  it('are bare arrays of all pages', async () => {
    const ran = await run(['user', 'list', '-o', 'json']);
    expect((JSON.parse(ran.stdout) as { name: string }[]).map(({ name }) => name)).toEqual(
      [0, 1, 2, 3, 4].map((n) => `user-${n}`),
    );
    expect(received.map(({ query }) => query['cursor'])).toEqual([undefined, '2', '4']);
  });

  it('stop at --limit', async () => {
    expect((await run(['user', 'list', '-o', 'name', '--limit', '3'])).stdout).toBe('user-0\nuser-1\nuser-2\n');
    expect(received.map(({ query }) => query['limit'])).toEqual(['3', '1']);
  });

  it('come as lines of JSON and as YAML too', async () => {
    expect((await run(['user', 'list', '-o', 'jsonl', '--limit', '1'])).stdout).toBe('{"id":"u0","name":"user-0"}\n');
    expect((await run(['user', 'list', '-o', 'yaml', '--limit', '1'])).stdout).toBe('- id: u0\n  name: user-0\n');
  });
});

describe('refusals', () => {
  it('are a sentence, a line per field under its option, what they add, and the request', async () => {
    const ran = await run(['user', 'create', 'bob', '--role', 'ops', '--with-password']);
    expect(ran).toMatchObject({
      code: 1,
      stdout: '',
      stderr:
        'refused: The input is wrong\n  --role: no such role\n  --with-password: not now\n  hosts (number 4): is twice there\n' +
        '  blockers: ["a","b"]\nrequest req-42\n',
    });
  });

  it('have colours on a terminal that wants them only', async () => {
    const argv = ['user', 'create', 'bob', '--role', 'ops'];
    expect((await run(argv, { tty: true })).stderr).toContain('\u001b[31mrefused');
    expect((await run(argv, { tty: true, env: { NO_COLOR: '1' } })).stderr).not.toContain('\u001b');
    expect((await run(argv, { tty: true, env: { TERM: 'dumb' } })).stderr).not.toContain('\u001b');
  });
});

describe('sign-in', () => {
  const withFile = (url: string) => {
    const data = mkdtempSync(join(folder, 'data-'));
    mkdirSync(join(data, 'run'));
    writeFileSync(join(data, 'run', 'signin.json'), JSON.stringify({ url, token: 'sbx_file' }));
    return data;
  };

  it('comes from the data folder', async () => {
    const ran = await runCliHere(['user', 'list'], { env: { SIGNALBOX_DATA: withFile(server.url) } });
    expect(ran.code).toBe(0);
    expect(received[0]?.token).toBe('Bearer sbx_file');
  });

  it('prefers the environment, and never sends a token of a file to an address of the environment', async () => {
    const data = withFile('http://127.0.0.1:1');
    expect((await run(['user', 'list'], { env: { SIGNALBOX_DATA: data } })).code).toBe(0);
    expect(received[0]?.token).toBe('Bearer sbx_t');
    received = [];
    const ran = await runCliHere(['user', 'list'], { env: { SIGNALBOX_DATA: data, SIGNALBOX_URL: server.url } });
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain('SIGNALBOX_TOKEN');
    expect(received).toEqual([]);
  });

  it('says what is missing, and what a damaged file is', async () => {
    const missing = await runCliHere(['whoami'], { env: { SIGNALBOX_DATA: join(folder, 'absent') } });
    expect(missing.code).toBe(3);
    expect(missing.stderr).toContain('npm start');
    const data = withFile(server.url);
    writeFileSync(join(data, 'run', 'signin.json'), '{');
    expect((await runCliHere(['whoami'], { env: { SIGNALBOX_DATA: data } })).stderr).toContain('damaged');
    const bad = await runCliHere(['whoami'], { env: { SIGNALBOX_URL: 'ftp://x', SIGNALBOX_TOKEN: 't' } });
    expect(bad).toMatchObject({ code: 2 });
    expect(bad.stderr).toContain('SIGNALBOX_URL');
  });
});

describe('the command line', () => {
  it('answers help on stdout with 0, and a wrong one on stderr with 2', async () => {
    expect(await runCliHere(['task', 'run', '--help'])).toMatchObject({ code: 0, stderr: '' });
    for (const argv of [
      [],
      ['task'],
      ['nonsense'],
      ['status', '-o', 'xml'],
      ['status', '--nonsense'],
      ['node', 'create'],
    ]) {
      expect(await runCliHere(argv)).toMatchObject({ code: 2, stdout: '' });
    }
  });
});
