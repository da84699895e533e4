import type { Tx } from '#db/database.ts';
import type { Actor } from '#domain/identity/permissions.ts';

/** A mutation that policy may hold: what it is, who wants it, and every node that it touches. */
export interface ProposedChange {
  readonly kind: 'task.run';
  readonly title: string;
  readonly proposer: Actor;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly nodeIds: readonly string[];
}

/** What policy says: it happens now, or it waits for the approval of a ticket. A change that is forbidden is a Problem. */
export type ChangeDecision = { readonly do: 'direct' } | { readonly do: 'ticket'; readonly ticketId: string };

/**
 * The one door for every mutation that policy may hold; routes ask here, inside the transaction that carries out what
 * is decided. There is no policy yet that holds anything: whoever has the permission acts directly.
 */
export function proposeChange(_tx: Tx, _change: ProposedChange): Promise<ChangeDecision> {
  return Promise.resolve({ do: 'direct' });
}
