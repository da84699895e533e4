import { describe, expect, it } from 'vitest';
import { resultCodes } from '#domain/tasks/result-codes.ts';
import { eventually } from '#tests/support/eventually.ts';
import { operate, submitTask, taskEnd, taskHosts, taskReaches } from '#tests/support/tasks.ts';
import { runAndWait, type Spine } from './spine.ts';

/** "Bad input gets". */
export function refusalSuite(ready: () => Spine): void {
  describe('bad input', () => {
    it('an unknown host is a row of its own: 203, never dispatched, ignored by on-error; the rest runs', async () => {
      const spine = ready();
      const { exit, task, hosts } = await runAndWait(
        spine,
        ['--host', 'alpha,no-such-host,beta', '--concurrency', '1', '--on-error', 'stop'],
        ['true'],
      );
      expect([exit, task.state]).toEqual([1, 'failed']);
      expect(task.counts).toMatchObject({ total: 3, succeeded: 2, failed: 1, revoked: 0 });
      expect(hosts.map(({ host, state }) => [host, state])).toEqual([
        ['alpha', 'succeeded'],
        ['no-such-host', 'failed'],
        ['beta', 'succeeded'],
      ]);
      expect(hosts[1]).toMatchObject({
        code: resultCodes.noSuchHost,
        exitCode: null,
        startedAt: null,
        reason: 'host-unknown',
      });
    });

    const task = { target: { hosts: ['alpha'] }, command: ['true'] };
    it.each([
      ['all hosts unknown', { ...task, target: { hosts: ['nope-1', 'nope-2'] } }, /^target\.hosts/],
      ['an empty host set', { ...task, target: { hosts: [] } }, /^target\.hosts/],
      ['no target', { command: ['true'] }, /^target/],
      ['a node without machines', { ...task, target: { node: 'empty.node' } }, /^target\.node/],
      ['an unknown node', { ...task, target: { node: 'no.such.node' } }, /^target\.node/],
      ['an over-long script', { target: task.target, script: `#!/bin/sh\n${'x'.repeat(256 * 1024)}` }, /^script/],
      ['an unknown interpreter', { target: task.target, script: 'x', interpreter: 'cobol' }, /^interpreter/],
      ['a relative shebang', { target: task.target, script: '#!cobol\nx' }, /^script/],
      ['script and command', { ...task, script: 'x' }, /^(script|command)/],
      ['a bad duration', { ...task, timeout: '30 parsecs' }, /^timeout/],
      ['no time at all', { ...task, timeout: '0s' }, /^timeout/],
      ['concurrency 0', { ...task, strategy: { concurrency: 0 } }, /^strategy\.concurrency/],
      ['a bad error strategy', { ...task, strategy: { onError: '0%' } }, /^strategy\.onError/],
      ['a bad user name', { ...task, runAs: 'no body' }, /^runAs/],
    ])('%s: 4xx problem naming the field, nothing is created', async (_, body, field) => {
      const { platform } = ready();
      if (JSON.stringify(body).includes('empty.node')) await platform.cli(['node', 'create', 'empty.node']);
      const count = () =>
        platform.database.db
          .selectFrom('task')
          .select(({ fn }) => fn.countAll<string>().as('n'))
          .executeTakeFirstOrThrow();
      const before = await count();
      const answer = await platform.api.request<{
        status: number;
        code: string;
        errors: { field: string; message: string }[];
      }>('POST', '/api/v1/tasks', { body, headers: { 'idempotency-key': crypto.randomUUID() } });
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.body.status).toBe(answer.status);
      expect(answer.body.errors?.[0]?.field, JSON.stringify(answer.body)).toMatch(field);
      expect(await count()).toEqual(before);
    });

    it('the command line says which option is wrong and ends with no 0', async () => {
      const { platform } = ready();
      for (const [options, word] of [
        [['--host', 'nope'], /host/],
        [['--host', 'alpha', '--timeout', 'soon'], /timeout/],
        [['--host', 'alpha', '--concurrency', '0'], /concurrency/],
        [['--host', 'alpha', '--on-error', 'never'], /on-error/i],
      ] as const) {
        const result = await platform.cli(['task', 'run', ...options, '-o', 'json', '--', 'true']);
        expect([result.code === 0, result.stdout]).toEqual([false, '']);
        expect(result.stderr).toMatch(word);
      }
    });

    it('pause of an ended task and a second kill are refused, typed', async () => {
      const { platform } = ready();
      const ended = await submitTask(platform, { target: { hosts: ['alpha'] }, command: ['true'] });
      await taskEnd(platform, ended, 30_000);
      for (const action of ['pause', 'continue', 'kill'] as const) {
        const refused = await operate(platform, ended, action);
        expect([action, refused.status, refused.body.reason]).toEqual([action, 409, 'task-ended']);
      }
      const stubborn = await submitTask(platform, {
        target: { hosts: ['alpha'] },
        script: "trap '' TERM\nfor i in $(seq 60); do sleep 1; done\n",
      });
      await taskReaches(platform, stubborn, 'running', 30_000);
      await eventually('it runs', async () => (await taskHosts(platform, stubborn))[0]?.state === 'running', {
        withinMs: 30_000,
      });
      expect((await operate(platform, stubborn, 'kill')).body.state).toBe('applied');
      const second = await operate(platform, stubborn, 'kill');
      expect([second.status, second.body.reason]).toEqual([409, 'kill-already-requested']);
      expect((await taskEnd(platform, stubborn, 90_000)).state).toBe('killed');
    });

    it('the same Idempotency-Key gives the same task; with another body it is refused', async () => {
      const { platform } = ready();
      const key = crypto.randomUUID();
      const body = { target: { hosts: ['alpha'] }, command: ['true'] };
      const first = await submitTask(platform, body, key);
      expect(await submitTask(platform, body, key)).toBe(first);
      const other = await platform.api.request<{ code: string }>('POST', '/api/v1/tasks', {
        body: { ...body, command: ['false'] },
        headers: { 'idempotency-key': key },
      });
      expect([other.status, other.body.code]).toEqual([422, 'idempotency-key-reused']);
      const counts = (await taskEnd(platform, first, 30_000)).counts;
      expect(counts.total).toBe(1);
    });
  });
}
