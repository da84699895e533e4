import type { Database, Tx } from '#db/database.ts';
import { judgeChange } from '#ledger/changes/judge-change.ts';
import type { ChangeKind, ChangeKinds, RequestedChange, Touches } from '#domain/changes/change-kind.ts';
import type { UserRole } from '#domain/identity/roles.ts';
import { because, type Reason } from '#domain/reasons.ts';
import { meaningOfApproval, meaningOfRejection } from '#domain/tickets/ticket-flow.ts';
import { isEndedTicket, type TicketAction } from '#domain/tickets/ticket.ts';
import { approversOfStep, isMeant } from './approvers.ts';
import { resolvePosition } from './step.ts';
import { lockTicketPosition, type TicketPosition } from './lock-ticket.ts';
import type { TicketOperation } from './ticket-operation.ts';

/** What somebody wants to do to a ticket. */
export interface TicketAsk {
  readonly action: TicketAction;
  readonly actor: { readonly id: string; readonly role: UserRole };
  /** Index from 0; undefined: the current step, or the first later one that is the actor's. */
  readonly step?: number | undefined;
  /** What the decision is for; left out, it is for what there is now. */
  readonly version?: number | undefined;
  readonly contentHash?: string | undefined;
  /** Whom a part is handed to, or who is added. */
  readonly userId?: string | undefined;
  /** What a resubmission would touch: policy may forbid it. */
  readonly touches?: Touches | undefined;
}

/** Refused, or for which step (index from 0) it is and whether that is still to come. */
export interface TicketVerdict {
  readonly fault?: Reason;
  readonly step?: number;
  readonly early?: boolean;
}

/** An operation that passed the rule, with its ticket as it was just before. */
export interface OperationToApply {
  readonly kinds: ChangeKinds;
  readonly ticket: TicketPosition;
  readonly operation: TicketOperation;
  readonly verdict: TicketVerdict;
  /** What a resubmission asks for. */
  readonly requested: RequestedChange | undefined;
  readonly now: Date;
}

/**
 * What the api asks before it writes an operation down: the very rule by which it is carried out later, under the same
 * lock. `version`, `contentHash` and `step` (index from 0) belong into the operation's row, so that a decision is for
 * what the person saw. Nothing is changed. Throws `not-found` (no-such-ticket).
 */
export async function checkTicketOperation(
  tx: Tx,
  kinds: ChangeKinds,
  ask: TicketAsk & { readonly ticketId: string },
): Promise<{ fault?: Reason; version: number; contentHash: string; step?: number }> {
  const ticket = await lockTicketPosition(tx, ask.ticketId);
  const { fault, step } = await verdictOnOperation(tx, kinds, ticket, ask);
  return {
    ...(fault === undefined ? {} : { fault }),
    version: ticket.version,
    contentHash: ticket.contentHash,
    ...(step === undefined ? {} : { step }),
  };
}

/** Whether the ticket takes this from this person now. Reads only. */
export async function verdictOnOperation(
  db: Database,
  kinds: ChangeKinds,
  ticket: TicketPosition,
  ask: TicketAsk,
): Promise<TicketVerdict> {
  if (isEndedTicket(ticket.state)) return refused(because('ticket-ended', { state: ticket.state }));
  if (ask.action === 'comment') return {};
  if (ask.action === 'complete') return verdictOnComplete(db, kinds[ticket.kind], ticket, ask);
  if (ticket.state === 'applying') return refused(because('already-applying'));
  switch (ask.action) {
    case 'approve':
    case 'reject':
      return verdictOnDecision(db, ticket, ask);
    case 'transfer':
    case 'add-approver':
      return verdictOnPeople(db, ticket, ask);
    case 'withdraw':
      if (ask.actor.id === ticket.requesterId || ask.actor.role === 'admin') return {};
      return refused(because('requester-or-admin-only', { requester: ticket.requesterName }));
    case 'resubmit':
      return verdictOnResubmit(db, kinds[ticket.kind], ticket, ask);
  }
}

async function verdictOnDecision(db: Database, ticket: TicketPosition, ask: TicketAsk): Promise<TicketVerdict> {
  if (ticket.change.flow.fourEyes && ask.actor.id === ticket.requesterId) return refused(because('self-approval'));
  if (isStale(ticket, ask)) return staleContent(ticket);
  if (ask.action === 'reject') {
    if (ticket.state === 'approved') return notPending(ticket);
    const meaning = meaningOfRejection(await resolvePosition(db, ticket), ask.actor.id);
    return meaning.do === 'refuse' ? refused(meaning.reason) : { step: meaning.step };
  }
  if (ticket.state !== 'pending') return notPending(ticket);
  const meaning = meaningOfApproval(await resolvePosition(db, ticket), ask.actor.id, ask.step);
  if (meaning.do === 'refuse') return refused(meaning.reason);
  return { step: meaning.step, early: meaning.do === 'keep' };
}

/**
 * Transfer, by an approver who has not decided yet; add-approver, by an approver or an administrator. Unless the policy lets
 * them choose anybody, it has to be somebody whom the step or its escalation means: a vote is not given away past the policy.
 */
async function verdictOnPeople(db: Database, ticket: TicketPosition, ask: TicketAsk): Promise<TicketVerdict> {
  if (isStale(ticket, ask)) return staleContent(ticket);
  if (ticket.state !== 'pending') return notPending(ticket);
  const { step } = ticket;
  if (ask.step !== undefined && ask.step !== step) return refused(because('not-at-step', { step: ask.step + 1 }));
  const position = await resolvePosition(db, ticket, (index) => index === step);
  const approvers = position.steps[step]?.approvers ?? [];
  const mine = approvers.includes(ask.actor.id);
  if (!mine && !(ask.action === 'add-approver' && ask.actor.role === 'admin'))
    return refused(because('not-an-approver'));
  if (ask.action === 'transfer') {
    const meaning = meaningOfApproval(position, ask.actor.id, step);
    if (meaning.do === 'refuse') return refused(meaning.reason);
  }
  const { userId } = ask;
  const target =
    userId === undefined
      ? undefined
      : await db
          .selectFrom('user')
          .select('name')
          .where('id', '=', userId)
          .where('disabled', '=', false)
          .executeTakeFirst();
  if (userId === undefined || target === undefined) return refused(because('no-such-user'));
  if (userId === ticket.requesterId) return refused(because('self-approval'));
  if (approvers.includes(userId)) return refused(because('already-an-approver', { user: target.name }));
  if (ask.actor.role !== 'admin' && !(await mayBeHandedTo(db, ticket, userId)))
    return refused(because('not-to-be-handed-to', { user: target.name }));
  return { step };
}

async function mayBeHandedTo(db: Database, ticket: TicketPosition, userId: string): Promise<boolean> {
  const step = ticket.change.flow.steps[ticket.step];
  if (step === undefined) return false;
  return step.delegates === 'anyone' || (await isMeant(db, step, userId));
}

async function verdictOnResubmit(
  db: Database,
  kind: ChangeKind,
  ticket: TicketPosition,
  ask: TicketAsk,
): Promise<TicketVerdict> {
  if (ask.actor.id !== ticket.requesterId)
    return refused(because('not-the-requester', { requester: ticket.requesterName }));
  if (kind.revise === undefined) return refused(because('cannot-be-revised', { kind: kind.kind }));
  if (isStale(ticket, ask)) return staleContent(ticket);
  if (ask.touches === undefined) return {};
  const { mode } = await judgeChange(db, { kind: ticket.kind, ...ask.touches });
  return mode === 'forbidden' ? refused(because('change-forbidden', { kind: ticket.kind })) : {};
}

async function verdictOnComplete(
  db: Database,
  kind: ChangeKind,
  ticket: TicketPosition,
  ask: TicketAsk,
): Promise<TicketVerdict> {
  if (kind.complete === undefined || ticket.state !== 'applying') return refused(because('nothing-to-complete'));
  if (ask.actor.id === ticket.requesterId || (await wasApprover(db, ticket, ask.actor.id))) return {};
  return refused(because('not-concerned'));
}

async function wasApprover(db: Database, ticket: TicketPosition, userId: string): Promise<boolean> {
  const decision = await db
    .selectFrom('ticket_decision')
    .select('id')
    .where('ticket_id', '=', ticket.id)
    .where('actor_id', '=', userId)
    .where('voided', 'is', null)
    .executeTakeFirst();
  if (decision !== undefined) return true;
  for (const index of ticket.change.flow.steps.keys()) {
    if ((await approversOfStep(db, ticket, index)).some(({ id }) => id === userId)) return true;
  }
  return false;
}

function isStale(ticket: TicketPosition, ask: TicketAsk): boolean {
  return (
    (ask.version !== undefined && ask.version !== ticket.version) ||
    (ask.contentHash !== undefined && ask.contentHash !== ticket.contentHash)
  );
}

function staleContent(ticket: TicketPosition): TicketVerdict {
  return refused(because('stale-content', { version: ticket.version }));
}

function notPending(ticket: TicketPosition): TicketVerdict {
  return refused(because('not-pending', { state: ticket.state }));
}

function refused(fault: Reason): TicketVerdict {
  return { fault };
}
