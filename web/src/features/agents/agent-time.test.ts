import { describe, expect, it } from 'vitest';
import type { Agent } from '#web/nouns/agents/client.ts';
import { certificateFault, stateSince } from './agent-time.ts';

const agent = (state: Agent['state'], connectedAt: string | null, disconnectedAt: string | null) =>
  ({ state, connectedAt, disconnectedAt, enrolledAt: '2026-11-01T00:00:00.000Z' }) as Agent;

describe('times of an agent', () => {
  it('knows since when it is what it is', () => {
    expect(stateSince(agent('online', 'c', 'd'))).toBe('c');
    expect(stateSince(agent('offline', 'c', 'd'))).toBe('d');
    expect(stateSince(agent('offline', null, null))).toBe('2026-11-01T00:00:00.000Z');
  });

  it('warns of a certificate in its last week', () => {
    const now = Date.parse('2026-11-21T00:00:00.000Z');
    expect(certificateFault('2026-11-28T00:00:00.000Z', now)).toBeUndefined();
    expect(certificateFault('2026-11-27T23:59:59.000Z', now)).toBe('soon');
    expect(certificateFault('2026-11-21T00:00:00.000Z', now)).toBe('ended');
  });
});
