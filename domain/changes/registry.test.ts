import { describe, expect, it } from 'vitest';
import { changeKindNames } from '../names.ts';
import { createChangeKinds } from './registry.ts';
import { taskRunRisk } from '../tasks/task-run.kind.ts';

const never = () => Promise.reject(new Error('not asked for'));
const kinds = createChangeKinds({
  taskRun: { read: never, bindToPresentAgents: never, release: never, refuse: never, outcome: never },
  manualStep: { read: never, open: never, refuse: never },
});

describe('the registry', () => {
  it('holds every kind under its own name', () => {
    for (const name of changeKindNames) expect(kinds.get(name).kind).toBe(name);
  });

  it.each(['task.walk', '', 'toString', '__proto__'])('refuses the unknown kind %j', (name) => {
    expect(() => kinds.get(name)).toThrowError(
      expect.objectContaining({
        type: 'invalid-input',
        reason: 'unknown-kind',
        fields: [expect.objectContaining({ field: 'kind' })],
      }) as Error,
    );
  });
});

describe('task.run', () => {
  it('is the riskier the more hosts it has, and always as root', () => {
    const risk = (hosts: number, runAs?: string) => taskRunRisk({ hosts, runAs });
    expect([risk(1), risk(5), risk(6), risk(50), risk(51)]).toEqual(['low', 'low', 'medium', 'medium', 'high']);
    expect([risk(1, 'root'), risk(1, 'app')]).toEqual(['high', 'low']);
  });

  it('shows only what differs from the version before', () => {
    const content = {
      kind: 'task.run' as const,
      schemaVersion: 1,
      payload: { title: 'Hello', script: 'echo 1', args: [], env: {}, timeoutMs: 1, strategy: { onError: 'stop' } },
      targets: [{ id: 'm1', name: 'web-1', generation: 'a1' }],
      baseVersion: 'b',
      runAt: null,
    };
    const titles = (from: typeof content | undefined, to: typeof content) =>
      kinds
        .get('task.run')
        .diff(from, to)
        .map((section) => section.title);
    expect(titles(undefined, content)).toEqual(['Title', 'Script', 'Settings', 'Strategy', 'Hosts']);
    expect(titles(content, content)).toEqual([]);
    const other = { ...content, payload: { ...content.payload, script: 'echo 2' } };
    expect(kinds.get('task.run').diff(content, other)).toEqual([
      { title: 'Script', language: 'shell', before: 'echo 1', after: 'echo 2' },
    ]);
  });
});
