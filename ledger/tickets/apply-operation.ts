import { sql } from 'kysely';
import type { Database, Tx } from '#db/database.ts';
import { withRetry } from '#db/retry.ts';
import type { TicketOperationResult } from '#domain/tickets/ports.ts';
import type { TicketAction } from '#domain/tickets/ticket.ts';
import { applyDecision } from './apply-decision.ts';
import { applyPeople } from './apply-people.ts';
import { applyComment, applyComplete, applyWithdraw } from './apply-plain.ts';
import { applyResubmit, machineIdsOf } from './apply-resubmit.ts';
import { judgeTicketOperation, type OperationToApply, type TicketVerdict } from './check-operation.ts';
import { standingOf } from './standing.ts';
import { lockTicketPosition, type TicketPosition } from './lock-ticket.ts';
import { getTicketOperation, type TicketOperation } from './ticket-operation.ts';

/**
 * Carries out a requested operation in one transaction under the lock of the ticket's row, once: a repeat answers what
 * the first did, with where the ticket stands now. Throws `not-found` for an unknown ticket.
 */
export async function applyTicketOperation(
  db: Database,
  input: { ticketId: string; operationId: string; now: Date },
): Promise<TicketOperationResult> {
  return withRetry(db, async (tx) => {
    const ticket = await lockTicketPosition(tx, input.ticketId);
    const operation = await getTicketOperation(tx, input.operationId);
    const standing = () => standingOf(tx, ticket.id, input.now);
    if (operation === undefined || operation.ticketId !== ticket.id) {
      return {
        applied: false,
        reason: 'no-such-operation',
        detail: 'There is no such operation',
        standing: await standing(),
      };
    }
    if (operation.result !== null) return { ...operation.result, standing: await standing() };
    const verdict = await judge(tx, ticket, operation);
    if (verdict.fault === undefined) await carryOut(tx, { ticket, operation, verdict, now: input.now });
    const result: TicketOperationResult = {
      applied: verdict.fault === undefined,
      ...verdict.fault,
      standing: await standing(),
    };
    await tx
      .updateTable('ticket_operation')
      .set({
        state: result.applied ? 'applied' : 'refused',
        result: JSON.stringify(result),
        // Not now(): the transaction may have waited for the lock.
        handled_at: sql<Date>`clock_timestamp()`,
      })
      .where('id', '=', operation.id)
      .execute();
    return result;
  });
}

const byRole: readonly TicketAction[] = ['withdraw', 'add-approver'];

async function judge(tx: Tx, ticket: TicketPosition, operation: TicketOperation): Promise<TicketVerdict> {
  // Administrators may do a little more; the role is the one that they have now.
  const user = byRole.includes(operation.action)
    ? await tx.selectFrom('user').select('role').where('id', '=', operation.actor.id).executeTakeFirst()
    : undefined;
  const { userId } = operation.details;
  return judgeTicketOperation(tx, ticket, {
    action: operation.action,
    actor: { id: operation.actor.id, role: user?.role ?? 'none' },
    version: operation.version,
    contentHash: operation.contentHash,
    step: operation.step ?? undefined,
    userId: typeof userId === 'string' ? userId : undefined,
    machineIds: operation.action === 'resubmit' ? machineIdsOf(operation) : undefined,
  });
}

function carryOut(tx: Tx, apply: OperationToApply): Promise<void> {
  switch (apply.operation.action) {
    case 'approve':
    case 'reject':
      return applyDecision(tx, apply);
    case 'transfer':
    case 'add-approver':
      return applyPeople(tx, apply);
    case 'comment':
      return applyComment(tx, apply);
    case 'withdraw':
      return applyWithdraw(tx, apply);
    case 'complete':
      return applyComplete(tx, apply);
    case 'resubmit':
      return applyResubmit(tx, apply);
  }
}
