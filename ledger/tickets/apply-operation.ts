import type { Database, Tx } from '#db/database.ts';
import { readLedgerNow } from '#db/ledger-now.ts';
import type { ChangeKinds, RequestedChange, Touches } from '#domain/changes/change-kind.ts';
import type { KindsOn } from '#ledger/changes/kinds-on.ts';
import { carryOut } from '#ledger/kernel/operations.ts';
import type { TicketOperationResult } from '#domain/tickets/ports.ts';
import type { TicketAction } from '#domain/tickets/ticket.ts';
import { applyDecision } from './apply-decision.ts';
import { applyPeople } from './apply-people.ts';
import { applyComment, applyComplete, applyWithdraw } from './apply-plain.ts';
import { applyResubmit } from './apply-resubmit.ts';
import { verdictOnOperation, type OperationToApply, type TicketVerdict } from './check-operation.ts';
import { requestAgain } from './request-again.ts';
import { standingOf } from './standing.ts';
import { lockTicketPosition, type TicketPosition } from './lock-ticket.ts';
import { getTicketOperation, type TicketOperation } from './ticket-operation.ts';

/**
 * Carries out a requested operation, once; every answer says where the ticket stands now. Throws `not-found` for an
 * unknown ticket.
 */
export async function applyTicketOperation(
  db: Database,
  kindsOn: KindsOn,
  { ticketId, operationId }: { ticketId: string; operationId: string },
): Promise<TicketOperationResult> {
  return carryOut(db, operationId, {
    lock: (tx) => lockTicketPosition(tx, ticketId),
    find: getTicketOperation,
    async apply(tx, ticket, operation) {
      const kinds = kindsOn(tx);
      const { verdict, requested } = await checkAll(tx, kinds, ticket, operation);
      if (verdict.fault !== undefined) return { applied: false, reason: verdict.fault };
      await applyTo(tx, { kinds, ticket, operation, verdict, requested, now: await readLedgerNow(tx) });
      return { applied: true };
    },
    answer: async (tx, ticket, result) => ({
      ...result,
      standing: await standingOf(tx, kindsOn(tx), ticket.id, await readLedgerNow(tx)),
    }),
  });
}

/** Whether the ticket takes it; of a resubmission also whether what it asks for can be had. */
async function checkAll(
  tx: Tx,
  kinds: ChangeKinds,
  ticket: TicketPosition,
  operation: TicketOperation,
): Promise<{ verdict: TicketVerdict; requested: RequestedChange | undefined }> {
  const verdict = await checkOnce(tx, kinds, ticket, operation, undefined);
  if (operation.action !== 'resubmit' || verdict.fault !== undefined) return { verdict, requested: undefined };
  const again = await requestAgain(tx, kinds, ticket, operation);
  if (again.fault !== undefined) return { verdict: { fault: again.fault }, requested: undefined };
  return { verdict: await checkOnce(tx, kinds, ticket, operation, again.touches), requested: again.requested };
}

const byRole: readonly TicketAction[] = ['withdraw', 'add-approver'];

async function checkOnce(
  tx: Tx,
  kinds: ChangeKinds,
  ticket: TicketPosition,
  operation: TicketOperation,
  touches: Touches | undefined,
): Promise<TicketVerdict> {
  // Administrators may do a little more; the role is the one that they have now.
  const user = byRole.includes(operation.action)
    ? await tx.selectFrom('user').select('role').where('id', '=', operation.actor.id).executeTakeFirst()
    : undefined;
  const { userId } = operation.details;
  return verdictOnOperation(tx, kinds, ticket, {
    action: operation.action,
    actor: { id: operation.actor.id, role: user?.role ?? 'none' },
    version: operation.version,
    contentHash: operation.contentHash,
    step: operation.step ?? undefined,
    userId: typeof userId === 'string' ? userId : undefined,
    touches,
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
