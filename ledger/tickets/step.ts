import type { Database, Tx } from '#db/database.ts';
import { countStep, type FlowDecision, type FlowPosition } from '#domain/tickets/ticket-flow.ts';
import { isEndedTicket } from '#domain/tickets/ticket.ts';
import { approversOfStep, type StepApprover } from './approvers.ts';
import { readTicketPosition, type TicketPosition } from './lock-ticket.ts';
import { record } from './record.ts';
import { clearWaiting, writeWaiting } from './waiting.ts';

/** An approval with its people resolved, as the rule takes it. */
export interface ResolvedPosition extends FlowPosition {
  readonly names: ReadonlyMap<string, string>;
}

/** Decisions of the ticket's current version, in the order in which they were made. */
export async function decisionsOf(db: Database, ticket: TicketPosition): Promise<FlowDecision[]> {
  const rows = await db
    .selectFrom('ticket_decision')
    .select(['step', 'verdict', 'actor_id', 'version', 'content_hash', 'voided'])
    .where('ticket_id', '=', ticket.id)
    .where('version', '=', ticket.version)
    .orderBy('at')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    step: row.step,
    verdict: row.verdict,
    actorId: row.actor_id,
    version: row.version,
    contentHash: row.content_hash,
    voided: row.voided !== null,
  }));
}

/** Resolves who can approve the given steps (from 0; those left out have nobody) at this moment. */
export async function resolvePosition(
  db: Database,
  ticket: TicketPosition,
  wanted: (index: number) => boolean = () => true,
): Promise<ResolvedPosition> {
  const names = new Map<string, string>();
  const steps: FlowPosition['steps'][number][] = [];
  for (const [index, step] of ticket.change.flow.steps.entries()) {
    const approvers: StepApprover[] = wanted(index) ? await approversOfStep(db, ticket, index) : [];
    for (const { id, name } of approvers) names.set(id, name);
    steps.push({ need: step.need, approvers: approvers.map(({ id }) => id) });
  }
  const { version, contentHash, step } = ticket;
  return { steps, step, version, contentHash, decisions: await decisionsOf(db, ticket), names };
}

/**
 * Begins a step (index from 0): the ticket is pending, its times start anew, those who can approve are told unless kept
 * decisions pass the step at once; then it settles. With an index past the last step the ticket is approved. The caller
 * holds the ticket's lock; a ticket that is let go or ended stays as it is.
 */
export async function beginStep(tx: Tx, ticketId: string, input: { step: number; now: Date }): Promise<void> {
  const ticket = await readTicketPosition(tx, ticketId);
  if (isEndedTicket(ticket.state) || ticket.state === 'applying') return;
  const step = ticket.change.flow.steps[input.step];
  const after = (ms: number) => new Date(input.now.getTime() + ms);
  await tx
    .updateTable('ticket')
    .set({
      state: 'pending',
      step: input.step,
      escalated: false,
      step_since: input.now,
      remind_at: step === undefined ? null : after(step.remindAfterMs),
      timeout_at: step === undefined ? null : after(step.timeoutMs),
    })
    .where('id', '=', ticketId)
    .execute();
  if (step !== undefined) await tellOfStep(tx, await readTicketPosition(tx, ticketId));
  await settle(tx, ticketId, input.now);
}

async function tellOfStep(tx: Tx, ticket: TicketPosition): Promise<void> {
  const { version, step } = ticket;
  const steps = ticket.change.flow.steps.length;
  await record(tx, ticket, { story: [{ kind: 'step-began', details: { step, steps } }] });
  const count = countStep(await resolvePosition(tx, ticket, (index) => index === step), step);
  if (count.satisfied) return;
  await writeWaiting(tx, ticket);
  await record(tx, ticket, {
    state: ticket.state,
    announce: {
      kind: 'ticket.decision-needed',
      userIds: count.waitingFor,
      details: { requester: ticket.requesterName, nodes: ticket.nodes, version, step: step + 1, steps },
    },
  });
}

/**
 * Counts the valid decisions of the current step, kept ones included, and passes every step on that has what it needs;
 * with none left the ticket is approved, or scheduled where its run time is still to come. Only a pending ticket is
 * changed; true where it was. The caller holds the ticket's lock.
 */
export async function settle(tx: Tx, ticketId: string, now: Date): Promise<boolean> {
  const ticket = await readTicketPosition(tx, ticketId);
  if (ticket.state !== 'pending') return false;
  const { step } = ticket;
  const last = ticket.change.flow.steps.length - 1;
  if (step <= last) {
    const count = countStep(await resolvePosition(tx, ticket, (index) => index === step), step);
    if (!count.satisfied) return false;
    const details = { step, approvals: count.counted.length };
    await record(tx, ticket, { story: [{ kind: 'step-passed', details }] });
  }
  if (step < last) await beginStep(tx, ticketId, { step: step + 1, now });
  else await allPassed(tx, ticket, now);
  return true;
}

async function allPassed(tx: Tx, ticket: TicketPosition, now: Date): Promise<void> {
  const { id: ticketId, runAt } = ticket;
  const scheduled = runAt !== null && runAt > now;
  const state = scheduled ? 'scheduled' : 'approved';
  await clearWaiting(tx, ticketId);
  await tx
    .updateTable('ticket')
    .set({ state, step: ticket.change.flow.steps.length, remind_at: null, timeout_at: null })
    .where('id', '=', ticketId)
    .execute();
  if (!scheduled) return record(tx, ticket, { state });
  const details = { runAt: runAt.toISOString() };
  await record(tx, ticket, {
    story: [{ kind: 'scheduled', details }],
    state,
    announce: { kind: 'ticket.scheduled', userIds: [ticket.requesterId], details },
  });
}
