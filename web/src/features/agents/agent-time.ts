import type { Agent } from '#web/nouns/agents/client.ts';

const soonMs = 7 * 86_400_000;

/** Since when an agent is what it is. */
export function stateSince(agent: Agent): string | null {
  return agent.state === 'online' ? agent.connectedAt : (agent.disconnectedAt ?? agent.enrolledAt);
}

/** What is wrong with a certificate: agents renew theirs long before its end, so one that ends soon was not there to. */
export function certificateFault(expiresAt: string, nowMs: number): 'soon' | 'ended' | undefined {
  const left = Date.parse(expiresAt) - nowMs;
  if (left <= 0) return 'ended';
  return left < soonMs ? 'soon' : undefined;
}
