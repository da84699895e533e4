import { sql } from 'kysely';
import type { Database, Tx } from '#db/database.ts';
import { emitEvent } from '#ledger/kernel/live-events.ts';
import type { TicketState } from '#domain/tickets/ticket.ts';

/** What happens to a ticket, in stable words. Steps in `details` count from 0, as everywhere in the ledger. */
export type TicketTimelineKind =
  | 'opened'
  | 'approved'
  | 'rejected'
  | 'kept-early'
  | 'step-passed'
  | 'step-began'
  | 'reminded'
  | 'escalated'
  | 'timed-out'
  | 'passed-by-timeout'
  | 'commented'
  | 'transferred'
  | 'approver-added'
  | 'withdrawn'
  | 'resubmitted'
  | 'asked-again'
  | 'content-altered'
  | 'scheduled'
  | 'applying'
  | 'completed'
  | 'ended';

export interface TicketTimelineInput {
  readonly ticketId: string;
  readonly version: number;
  readonly kind: TicketTimelineKind;
  /** Name of whoever did it; none: the platform by itself. */
  readonly actor?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** Adds a line to the story of a ticket. The caller holds the ticket's lock: ids and times are in the order of events. */
export async function appendTicketTimeline(tx: Tx, entry: TicketTimelineInput): Promise<void> {
  await tx
    .insertInto('ticket_timeline')
    .values({
      ticket_id: entry.ticketId,
      version: entry.version,
      kind: entry.kind,
      actor: entry.actor ?? null,
      details: JSON.stringify(entry.details ?? {}),
      // Not now(): the transaction may have waited for the lock while another one wrote its line.
      at: sql<Date>`clock_timestamp()`,
    })
    .execute();
}

/** Tells live pages that a ticket has changed, when (and only when) the caller's transaction commits. */
export async function emitTicketState(tx: Database, ticketId: string, state: TicketState): Promise<void> {
  await emitEvent(tx, 'tickets', { id: ticketId, state });
  await emitEvent(tx, `ticket:${ticketId}`, { id: ticketId, state });
}
