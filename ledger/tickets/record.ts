import type { TicketState } from '#domain/tickets/ticket.ts';
import { auditOf } from '#ledger/audit/audit.ts';
import { createRecord, liveEvents, storyIn, type StoryLine } from '#ledger/kernel/record.ts';
import { announcementOf } from '#ledger/notifications/announce.ts';
import type { TicketPosition } from './lock-ticket.ts';

/** What happens to a ticket, in stable words. Steps in `details` count from 0, as everywhere in the ledger. */
type TicketTimelineKind =
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
export type TicketLine = StoryLine<TicketTimelineKind>;

/** What a happening has to know of its ticket; `version` is the one that it is about. */
type RecordedTicket = Pick<TicketPosition, 'id' | 'version' | 'title' | 'nodes'>;

/** Writes down what happened to a ticket. */
export const record = createRecord({
  story: storyIn<RecordedTicket, TicketTimelineKind>('ticket_timeline', ({ id, version }) => ({
    ticket_id: id,
    version,
  })),
  /** What live pages show from now on. */
  state: liveEvents(({ id }: RecordedTicket, state: TicketState) => [
    ['tickets', { id, state }],
    [`ticket:${id}`, { id, state }],
  ]),
  announce: announcementOf(({ id, title }: RecordedTicket) => ({ subject: { noun: 'ticket', id }, title })),
  /** What the platform itself did; what people do is audited when they ask for it. */
  audit: auditOf(({ id, version, nodes }: RecordedTicket) => ({
    target: id,
    nodes,
    details: { version },
  })),
});
