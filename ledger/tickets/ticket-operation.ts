import type { Database, Tx } from '#db/database.ts';
import type { TicketOperationResult } from '#domain/tickets/ports.ts';
import type { TicketAction } from '#domain/tickets/ticket.ts';
import { createOperation, getOperation, type Operation } from '#ledger/kernel/operations.ts';

/** What the row holds beside who asked for what. */
interface Saw {
  /** The content that the person saw. */
  readonly version: number;
  readonly contentHash: string;
  /** Index from 0; null where the action is about no step. */
  readonly step: number | null;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What a person asked of a ticket, and what became of it. */
export interface TicketOperation extends Operation, Saw {
  readonly action: TicketAction;
  /** In the words of the action: see {@link createTicketOperation}. */
  readonly details: Saw['details'];
  readonly result: Omit<TicketOperationResult, 'standing'> | null;
}

/**
 * Writes down what an authenticated person asks; the workflow's Update carries the id of this row and nothing else.
 * `version`, `contentHash` and `step` (index from 0) are those that `checkTicketOperation` answered. `details`: `{userId}`
 * of transfer and add-approver, `{outcome: 'done' | 'failed'}` of complete, `{task, hosts, nodes}` of resubmit.
 */
export async function createTicketOperation(
  tx: Tx,
  operation: {
    id: string;
    ticketId: string;
    action: TicketAction;
    actor: { id: string; name: string };
    version: number;
    contentHash: string;
    step?: number | undefined;
    message: string;
    details?: Readonly<Record<string, unknown>> | undefined;
  },
): Promise<void> {
  const { id, ticketId, action, actor, version, contentHash, step = null, message, details = {} } = operation;
  const saw: Saw = { version, contentHash, step, message, details };
  await createOperation(tx, { id, noun: 'ticket', subjectId: ticketId, action, actor, details: { ...saw } });
}

/** One operation, or undefined. */
export async function getTicketOperation(db: Database, operationId: string): Promise<TicketOperation | undefined> {
  const operation = await getOperation(db, 'ticket', operationId);
  return operation && ({ ...operation, ...operation.details } as TicketOperation);
}
