import { describe, expect, it } from 'vitest';
import { taskLimits, taskPayloadSchema, taskStates, taskStrategySchema } from './task.ts';
import { operationFault } from './task-operation.ts';

const faultsOf = (payload: unknown) => {
  const parsed = taskPayloadSchema.safeParse(payload);
  return parsed.success ? [] : parsed.error.issues.map((issue) => issue.path.join('.'));
};

describe('taskPayloadSchema', () => {
  it('fills in what is not given', () => {
    expect(taskPayloadSchema.parse({ script: 'true' })).toEqual({
      script: 'true',
      args: [],
      env: {},
      timeoutMs: 3_600_000,
    });
  });

  it.each([
    [{ script: '#!/usr/bin/env python3\nprint(1)' }],
    [{ script: 'x', interpreter: '/opt/my python/bin/python3' }],
    [
      {
        script: 'x',
        interpreter: 'bash',
        args: ['a b', "c'd", ''],
        env: { A_1: 'x=y' },
        runAs: 'www-data',
        workDir: '/srv/a b',
      },
    ],
    [{ command: ['bash', '-c', 'echo $0', 'x'] }],
    [{ script: 'é'.repeat(taskLimits.scriptBytes / 2) }],
  ])('takes %#', (payload) => expect(faultsOf(payload)).toEqual([]));

  it.each([
    ['nothing to run', {}, 'script'],
    ['both', { script: 'x', command: ['x'] }, 'script'],
    ['an empty script', { script: '' }, 'script'],
    ['an over-long script', { script: 'x'.repeat(taskLimits.scriptBytes + 1) }, 'script'],
    ['a script over-long in bytes', { script: 'é'.repeat(taskLimits.scriptBytes / 2 + 1) }, 'script'],
    ['a script with a NUL', { script: 'a\0b' }, 'script'],
    ['an unknown interpreter', { script: 'x', interpreter: 'fortran' }, 'interpreter'],
    ['an interpreter for a command', { command: ['x'], interpreter: 'bash' }, 'interpreter'],
    ['a relative shebang', { script: '#!python\n' }, 'script'],
    ['an empty command', { command: [] }, 'command'],
    ['too many arguments', { script: 'x', args: Array.from({ length: 257 }, () => 'a') }, 'args'],
    ['over-long arguments', { script: 'x', args: ['a'.repeat(taskLimits.argBytes)] }, 'args'],
    ['an over-long command', { command: ['a', 'b'.repeat(taskLimits.argBytes)] }, 'command'],
    ['an over-long environment', { script: 'x', env: { A: 'b'.repeat(taskLimits.argBytes) } }, 'env'],
    ['a bad name in the environment', { script: 'x', env: { '1A': 'x' } }, 'env.1A'],
    ['a user that is an option', { script: 'x', runAs: '-root' }, 'runAs'],
    ['a relative folder', { script: 'x', workDir: 'tmp' }, 'workDir'],
    ['no time', { script: 'x', timeoutMs: 0 }, 'timeoutMs'],
    ['more than a week', { script: 'x', timeoutMs: taskLimits.timeoutMs.max + 1 }, 'timeoutMs'],
  ])('refuses %s and names the field', (_what, payload, field) => expect(faultsOf(payload)).toContain(field));
});

describe('taskStrategySchema', () => {
  it.each([{ concurrency: 0 }, { concurrency: -1 }, { concurrency: 1.5 }, { onError: 'never' }])(
    'refuses %j',
    (strategy) => expect(taskStrategySchema.safeParse(strategy).success).toBe(false),
  );
  it('goes on after errors unless told otherwise', () =>
    expect(taskStrategySchema.parse({})).toEqual({ onError: 'continue' }));
});

describe('operationFault', () => {
  const allowed = {
    pause: ['submitted', 'running'],
    continue: ['paused'],
    kill: ['submitted', 'running', 'paused'],
    'retry-failed': ['submitted', 'running', 'paused', 'succeeded', 'failed', 'killed'],
  } as const;
  for (const [action, states] of Object.entries(allowed) as [keyof typeof allowed, readonly string[]][]) {
    it(`lets ${action} through in ${states.join(', ')} only`, () => {
      expect(taskStates.filter((state) => operationFault(action, state) === undefined)).toEqual(states);
    });
  }
  it('says why in a stable word', () => {
    expect(operationFault('pause', 'failed')?.code).toBe('task-ended');
    expect(operationFault('pause', 'paused')?.code).toBe('already-paused');
    expect(operationFault('continue', 'running')?.code).toBe('not-paused');
    expect(operationFault('kill', 'killing')?.code).toBe('kill-already-requested');
  });
});
