import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import { emitEvent } from '#ledger/kernel/live-events.ts';
import type { Announcement } from '#domain/notifications/announcement.ts';
import type { TicketState } from '#domain/tickets/ticket.ts';
import { audit } from '#ledger/audit/audit.ts';
import { announce } from '#ledger/notifications/announce.ts';
import type { TicketPosition } from './lock-ticket.ts';

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

/** One line of a ticket's story. */
export interface TicketLine {
  readonly kind: TicketTimelineKind;
  /** Name of whoever did it; none: the platform by itself. */
  readonly actor?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** One thing that happened to a ticket, with all that follows from it. */
export interface TicketHappening {
  readonly story?: readonly TicketLine[];
  /** What live pages are told. */
  readonly state?: TicketState;
  readonly announce?: Pick<Announcement, 'kind' | 'userIds' | 'details'>;
  /** Done by the platform itself; what people did is audited when they asked for it. */
  readonly audit?: { readonly action: string; readonly details: Readonly<Record<string, unknown>> } | undefined;
}

/** What a happening has to know of its ticket; `version` is the one that it is about. */
export type RecordedTicket = Pick<TicketPosition, 'id' | 'version' | 'title' | 'nodes'>;

/**
 * Writes down what happened to a ticket: lines of its story, the live event, the announcement, the audit row. The
 * caller holds the ticket's lock (ids and times are in the order of what happened) and has changed its row.
 */
export async function record(tx: Tx, ticket: RecordedTicket, happening: TicketHappening): Promise<void> {
  const { id, version, title } = ticket;
  const { story = [], state, announce: told, audit: audited } = happening;
  for (const { kind, actor, details } of story) {
    await tx
      .insertInto('ticket_timeline')
      .values({
        ticket_id: id,
        version,
        kind,
        actor: actor ?? null,
        details: JSON.stringify(details ?? {}),
        // Not now(): the transaction may have waited for the lock while another one wrote its line.
        at: sql<Date>`clock_timestamp()`,
      })
      .execute();
  }
  if (state !== undefined) {
    await emitEvent(tx, 'tickets', { id, state });
    await emitEvent(tx, `ticket:${id}`, { id, state });
  }
  if (told !== undefined) {
    const { kind, userIds, details } = told;
    await announce(tx, { kind, subject: { noun: 'ticket', id }, title, userIds, details });
  }
  if (audited === undefined) return;
  audit(tx, {
    actor: { id: null, name: 'system' },
    action: audited.action,
    target: id,
    node: ticket.nodes[0] ?? '',
    details: { version, ...audited.details },
  });
}
