import type { Database } from '#db/database.ts';
import type { ChangeKinds } from '#domain/changes/change-kind.ts';
import type { TicketStanding } from '#domain/tickets/ports.ts';
import { waitsOfStep } from '#domain/tickets/ticket-flow.ts';
import { isEndedTicket } from '#domain/tickets/ticket.ts';
import { because, type Reason } from '#domain/reasons.ts';
import { resolvePosition } from './step.ts';
import { readTicketPosition, type TicketPosition } from './lock-ticket.ts';

/** How soon to look again though nothing was heard, in milliseconds. */
const recheck = { least: 1_000, applying: 30_000, most: 3_600_000 } as const;

/** Where the ticket stands: names, numbers and ids only, as it becomes part of Temporal's history. */
export async function standingOf(
  db: Database,
  kinds: ChangeKinds,
  ticketId: string,
  now: Date,
): Promise<TicketStanding> {
  const ticket = await readTicketPosition(db, ticketId);
  const steps = ticket.change.flow.steps.length;
  const kind = kinds[ticket.kind];
  const start = ticket.state === 'applying' ? await kind.start(ticket.subjectId) : undefined;
  return {
    ticketId: ticket.id,
    state: ticket.state,
    ended: isEndedTicket(ticket.state),
    version: ticket.version,
    stepsPassed: Math.min(ticket.step, steps),
    steps,
    ...(start === undefined ? {} : { start }),
    recheckMs: recheckMs(ticket, now, start !== undefined || kind.complete !== undefined),
    kind: ticket.kind,
    title: ticket.title,
    requester: ticket.requesterName,
    nodes: ticket.nodes,
    waitsFor: await waitsFor(db, kinds, ticket),
  };
}

/** `carriedOut`: a workflow or a person carries it out, who says so at its end; else it was done as it was let go. */
function recheckMs(ticket: TicketPosition, now: Date, carriedOut: boolean): number {
  if (ticket.state === 'applying') return carriedOut ? recheck.applying : recheck.least;
  if (ticket.state === 'approved') return recheck.least;
  const times: (Date | null)[] = [ticket.expiresAt];
  if (ticket.state === 'pending') times.push(ticket.remindAt, ticket.timeoutAt);
  if (ticket.state === 'scheduled') times.push(ticket.runAt);
  const next = Math.min(...times.map((time) => (time === null ? Infinity : time.getTime() - now.getTime())));
  return Math.min(recheck.most, Math.max(recheck.least, next));
}

async function waitsFor(db: Database, kinds: ChangeKinds, ticket: TicketPosition): Promise<Reason> {
  switch (ticket.state) {
    case 'pending': {
      const position = await resolvePosition(db, ticket, (index) => index === ticket.step);
      return waitsOfStep(position, position.names);
    }
    case 'approved':
      return because('last-checks');
    case 'scheduled':
      return ticket.runAt === null
        ? because('last-checks')
        : because('run-time-awaited', { time: ticket.runAt.toISOString() });
    case 'applying':
      return because(kinds[ticket.kind].complete === undefined ? 'being-carried-out' : 'somebody-carries-it-out');
    default:
      return ticket.reason ?? because('ticket-ended', { state: ticket.state });
  }
}
