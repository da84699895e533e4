import type { Database } from '#db/database.ts';
import type { ChangeKindName } from '#domain/names.ts';
import type { SubjectWorkflow } from '#domain/changes/change-kind.ts';
import { isEndedTask } from '#domain/tasks/task.ts';
import type { TicketStanding } from '#domain/tickets/ports.ts';
import { describeStep } from '#domain/tickets/ticket-flow.ts';
import { isEndedTicket } from '#domain/tickets/ticket.ts';
import { resolvePosition } from './step.ts';
import { readTicketPosition, type TicketPosition } from './lock-ticket.ts';

/** How soon to look again though nothing was heard, in milliseconds. */
const recheck = { least: 1_000, applying: 30_000, most: 3_600_000 } as const;

/** Where the ticket stands: names, numbers and ids only, as it becomes part of Temporal's history. */
export async function standingOf(db: Database, ticketId: string, now: Date): Promise<TicketStanding> {
  const ticket = await readTicketPosition(db, ticketId);
  const steps = ticket.change.flow.steps.length;
  const start = ticket.state === 'applying' ? await subjectWorkflow[ticket.kind](db, ticket.subjectId) : undefined;
  return {
    ticketId: ticket.id,
    state: ticket.state,
    ended: isEndedTicket(ticket.state),
    version: ticket.version,
    stepsPassed: Math.min(ticket.step, steps),
    steps,
    ...(start === undefined ? {} : { start }),
    recheckMs: recheckMs(ticket, now),
    kind: ticket.kind,
    title: ticket.title,
    requester: ticket.requesterName,
    nodes: ticket.nodes,
    waitsFor: await waitsFor(db, ticket),
  };
}

/** The workflow that carries the subject out, while there is something to carry out. */
const subjectWorkflow: Record<ChangeKindName, (db: Database, id: string) => Promise<SubjectWorkflow | undefined>> = {
  'task.run': async (db, id) => {
    const task = await db.selectFrom('task').select('state').where('id', '=', id).executeTakeFirst();
    return task === undefined || isEndedTask(task.state) ? undefined : { workflowType: 'task', subjectId: id };
  },
  'manual.step': () => Promise.resolve(undefined),
};

function recheckMs(ticket: TicketPosition, now: Date): number {
  if (ticket.state === 'applying') return recheck.applying;
  if (ticket.state === 'approved') return recheck.least;
  const times: (Date | null)[] = [ticket.expiresAt];
  if (ticket.state === 'pending') times.push(ticket.remindAt, ticket.timeoutAt);
  if (ticket.state === 'scheduled') times.push(ticket.runAt);
  const next = Math.min(...times.map((time) => (time === null ? Infinity : time.getTime() - now.getTime())));
  return Math.min(recheck.most, Math.max(recheck.least, next));
}

async function waitsFor(db: Database, ticket: TicketPosition): Promise<string> {
  switch (ticket.state) {
    case 'pending': {
      const position = await resolvePosition(db, ticket, (index) => index === ticket.step);
      return describeStep(position, position.names);
    }
    case 'approved':
      return 'approved: the last checks';
    case 'scheduled':
      return `approved: runs at ${ticket.runAt?.toISOString() ?? 'once'}`;
    case 'applying':
      return ticket.kind === 'manual.step' ? 'somebody carries the step out' : 'it is being carried out';
    default:
      return ticket.reason ?? ticket.state;
  }
}
