import type { Database, Tx } from '#db/database.ts';
import { carryOut } from '#ledger/kernel/operations.ts';
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
 * Carries out a requested operation, once; every answer says where the ticket stands now. Throws `not-found` for an
 * unknown ticket.
 */
export async function applyTicketOperation(
  db: Database,
  input: { ticketId: string; operationId: string; now: Date },
): Promise<TicketOperationResult> {
  const { ticketId, operationId, now } = input;
  return carryOut(db, operationId, {
    lock: (tx) => lockTicketPosition(tx, ticketId),
    find: getTicketOperation,
    async apply(tx, ticket, operation) {
      const verdict = await judge(tx, ticket, operation);
      if (verdict.fault !== undefined) return { applied: false, ...verdict.fault };
      await applyTo(tx, { ticket, operation, verdict, now });
      return { applied: true };
    },
    answer: async (tx, ticket, result) => ({ ...result, standing: await standingOf(tx, ticket.id, now) }),
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

function applyTo(tx: Tx, apply: OperationToApply): Promise<void> {
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
