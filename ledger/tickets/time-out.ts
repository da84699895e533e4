import { v7 as uuidv7 } from 'uuid';
import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import type { ChangeKinds } from '#domain/changes/change-kind.ts';
import type { FlowStep } from '#domain/changes/policy.ts';
import { because } from '#domain/reasons.ts';
import { approversOfStep } from './approvers.ts';
import { endTicket } from './end-ticket.ts';
import { settle } from './step.ts';
import { readTicketPosition, type TicketPosition } from './lock-ticket.ts';
import { record } from './record.ts';
import { writeWaiting } from './waiting.ts';

/**
 * Nobody decided the current step in time: others are asked too, or the ticket ends, or the step counts as approved, as
 * policy says. Never in silence: each leaves a line in the timeline and tells those concerned.
 */
export async function timeOutStep(
  tx: Tx,
  kinds: ChangeKinds,
  ticket: TicketPosition,
  step: FlowStep,
  now: Date,
): Promise<void> {
  if (step.onTimeout === 'pass') return passStep(tx, ticket, step, now);
  if (step.onTimeout === 'escalate' && !ticket.escalated && step.escalateTo.length > 0) {
    return escalateStep(tx, ticket, step, now);
  }
  const late = ticket.escalated ? 'escalated-step-timed-out' : 'step-timed-out';
  await endTicket(tx, kinds, ticket.id, {
    state: 'expired',
    reason: because(late, { step: ticket.step + 1 }),
    now,
    audit: 'ticket.expired',
    line: { kind: 'timed-out', details: timeOutDetails(ticket, step) },
  });
}

/** Reminds those who can decide the current step, and will again after as long. */
export async function remindOfStep(tx: Tx, ticket: TicketPosition, step: FlowStep, now: Date): Promise<void> {
  const { id: ticketId } = ticket;
  const approvers = await approversOfStep(tx, ticket, ticket.step);
  await setTimes(tx, ticketId, { remind_at: after(now, step.remindAfterMs) });
  const details = { step: ticket.step, reminded: approvers.map(({ name }) => name) };
  await record(tx, ticket, {
    story: [{ kind: 'reminded', details }],
    announce: { kind: 'ticket.reminder', userIds: approvers.map(({ id }) => id), details: told(ticket) },
  });
}

async function passStep(tx: Tx, ticket: TicketPosition, step: FlowStep, now: Date): Promise<void> {
  const { id: ticketId, version } = ticket;
  await tx
    .insertInto('ticket_decision')
    .values({
      id: uuidv7(),
      ticket_id: ticketId,
      version,
      step: ticket.step,
      verdict: 'pass',
      content_hash: ticket.contentHash,
      actor_id: 'system',
      actor_name: 'system',
      message: '',
      voided: null,
      at: sql<Date>`ledger_now()`,
    })
    .execute();
  const userIds = [ticket.requesterId, ...(await approversOfStep(tx, ticket, ticket.step)).map(({ id }) => id)];
  await record(tx, ticket, {
    story: [
      { kind: 'timed-out', details: timeOutDetails(ticket, step) },
      { kind: 'passed-by-timeout', details: { step: ticket.step } },
    ],
    announce: { kind: 'ticket.timed-out', userIds, details: { ...told(ticket), passed: true } },
  });
  await settle(tx, ticketId, now);
}

async function escalateStep(tx: Tx, ticket: TicketPosition, step: FlowStep, now: Date): Promise<void> {
  const { id: ticketId } = ticket;
  await setTimes(tx, ticketId, {
    escalated: true,
    remind_at: after(now, step.remindAfterMs),
    timeout_at: after(now, step.timeoutMs),
  });
  const escalated = await readTicketPosition(tx, ticketId);
  const approvers = await approversOfStep(tx, escalated, ticket.step);
  const details = { step: ticket.step, approvers: approvers.map(({ name }) => name) };
  await writeWaiting(tx, escalated);
  const userIds = [ticket.requesterId, ...approvers.map(({ id }) => id)];
  await record(tx, ticket, {
    story: [
      { kind: 'timed-out', details: timeOutDetails(ticket, step) },
      { kind: 'escalated', details },
    ],
    state: ticket.state,
    announce: { kind: 'ticket.escalated', userIds, details: told(ticket) },
  });
  // Somebody asked only now may have decided before, in advance.
  await settle(tx, ticketId, now);
}

function timeOutDetails(ticket: TicketPosition, step: FlowStep): Record<string, unknown> {
  return { step: ticket.step, onTimeout: step.onTimeout };
}

function told(ticket: TicketPosition): Record<string, unknown> {
  const { requesterName: requester, nodes, version } = ticket;
  return {
    requester,
    nodes,
    version,
    step: ticket.step + 1,
    steps: ticket.change.flow.steps.length,
  };
}

function after(now: Date, ms: number): Date {
  return new Date(now.getTime() + ms);
}

async function setTimes(
  tx: Tx,
  ticketId: string,
  times: { escalated?: true; remind_at: Date; timeout_at?: Date },
): Promise<void> {
  await tx.updateTable('ticket').set(times).where('id', '=', ticketId).execute();
}
