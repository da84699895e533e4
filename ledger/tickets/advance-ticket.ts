import type { Database, Tx } from '#db/database.ts';
import { transact } from '#ledger/kernel/transact.ts';
import { readLedgerNow } from '#db/ledger-now.ts';
import type { ChangeKinds } from '#domain/changes/change-kind.ts';
import type { KindsOn } from '#ledger/changes/kinds-on.ts';
import type { TicketStanding } from '#domain/tickets/ports.ts';
import { isEndedTicket } from '#domain/tickets/ticket.ts';
import { because } from '#domain/reasons.ts';
import { endTicket } from './end-ticket.ts';
import { standingOf } from './standing.ts';
import { lockTicketPosition, type TicketPosition } from './lock-ticket.ts';
import { record } from './record.ts';
import { remindOfStep, timeOutStep } from './time-out.ts';

/**
 * Does what is due of a ticket, in one transaction under the lock of its row: reminds, times out, expires, calls a
 * scheduled one up for its release, ends one whose subject has ended. Any number of repeats do nothing more. Throws
 * `not-found` for an unknown ticket.
 */
export async function advanceTicket(
  db: Database,
  kindsOn: KindsOn,
  input: { ticketId: string },
): Promise<TicketStanding> {
  return transact(db, async (tx) => {
    const kinds = kindsOn(tx);
    const ticket = await lockTicketPosition(tx, input.ticketId);
    const now = await readLedgerNow(tx);
    if (!isEndedTicket(ticket.state)) {
      await tx.updateTable('ticket').set({ advanced_at: now }).where('id', '=', ticket.id).execute();
      await doWhatIsDue(tx, kinds, ticket, now);
    }
    return standingOf(tx, kinds, ticket.id, now);
  });
}

async function doWhatIsDue(tx: Tx, kinds: ChangeKinds, ticket: TicketPosition, now: Date): Promise<void> {
  const due = (time: Date | null): boolean => time !== null && time <= now;
  if (ticket.state === 'applying') return verify(tx, kinds, ticket, now);
  if (due(ticket.expiresAt)) return expireTicket(tx, kinds, ticket, now);
  if (ticket.state === 'scheduled' && due(ticket.runAt)) {
    await tx.updateTable('ticket').set({ state: 'approved' }).where('id', '=', ticket.id).execute();
    return record(tx, ticket, { state: 'approved' });
  }
  const step = ticket.change.flow.steps[ticket.step];
  if (ticket.state !== 'pending' || step === undefined) return;
  if (due(ticket.timeoutAt)) {
    const details = { step: ticket.step, onTimeout: step.onTimeout, escalated: ticket.escalated };
    await record(tx, ticket, { audit: { action: 'ticket.timed-out', details } });
    return timeOutStep(tx, kinds, ticket, step, now);
  }
  if (due(ticket.remindAt)) await remindOfStep(tx, ticket, step, now);
}

/** The window in which it could have run is over. */
export async function expireTicket(tx: Tx, kinds: ChangeKinds, ticket: TicketPosition, now: Date): Promise<void> {
  const time = ticket.expiresAt?.toISOString() ?? '';
  const reason = because(ticket.state === 'pending' ? 'not-approved-in-time' : 'not-run-in-time', { time });
  await endTicket(tx, kinds, ticket.id, { state: 'expired', reason, now, audit: 'ticket.expired' });
}

async function verify(tx: Tx, kinds: ChangeKinds, ticket: TicketPosition, now: Date): Promise<void> {
  const result = await kinds[ticket.kind].verify(ticket.subjectId);
  if (result === undefined) return;
  const state = result.succeeded ? 'done' : 'failed';
  await endTicket(tx, kinds, ticket.id, { state, reason: result.reason, result, now, audit: `ticket.${state}` });
}
