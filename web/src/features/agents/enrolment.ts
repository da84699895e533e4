import type { AuditRow } from '#web/nouns/audit/client.ts';

/** How far an agent has come that was sent a join token. */
export interface Enrolment {
  /** Id of the agent that used the token. */
  readonly agentId: string | undefined;
  /** Attempts that were refused, newest first: who came, and why not (a stable word). */
  readonly refused: readonly {
    readonly id: string;
    readonly at: string;
    readonly name: string;
    readonly reason: string;
  }[];
}

/** The name under which a join token acts in the audit. */
export function actorOfToken(tokenId: string): string {
  return `join-token ${tokenId}`;
}

/** What the audit of a join token, newest first, says of its enrolment. */
export function enrolmentOf(rows: readonly AuditRow[]): Enrolment {
  const words = (value: unknown) => (typeof value === 'string' ? value : '');
  const enrolled = rows.find((row) => row.action === 'agent.enrol' && row.outcome === 'allowed');
  const agentId = words(enrolled?.details['agentId']);
  const denied = rows.filter((row) => row.action === 'agent.enrol' && row.outcome === 'denied');
  return {
    agentId: agentId === '' ? undefined : agentId,
    refused: denied.map((row) => ({ id: row.id, at: row.at, name: row.target, reason: words(row.details['reason']) })),
  };
}
