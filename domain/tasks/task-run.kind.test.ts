import { describe, expect, it } from 'vitest';
import { createTaskRunKind, taskRunRisk } from './task-run.kind.ts';

const never = () => Promise.reject(new Error('not asked for'));
const kind = createTaskRunKind({
  resolveTarget: never,
  resolveEnvironment: never,
  write: never,
  replace: never,
  read: never,
  bindToPresentAgents: never,
  release: never,
  refuse: never,
  outcome: never,
  markOf: () => ({ bytes: 0, sha256: '' }),
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
      kind.diff(from, to).map((section) => section.title);
    expect(titles(undefined, content)).toEqual(['Title', 'Script', 'Settings', 'Strategy', 'Hosts']);
    expect(titles(content, content)).toEqual([]);
    const other = { ...content, payload: { ...content.payload, script: 'echo 2' } };
    expect(kind.diff(content, other)).toEqual([
      { title: 'Script', language: 'shell', before: 'echo 1', after: 'echo 2' },
    ]);
  });
});
