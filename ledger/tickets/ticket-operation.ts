import { sql } from 'kysely';
import type { Database, Tx } from '#db/database.ts';
import { isUuid } from '#db/is-uuid.ts';
import type { TicketOperationResult } from '#domain/tickets/ports.ts';
import type { TicketAction } from '#domain/tickets/ticket.ts';

/** What a person asked of a ticket, and what became of it. Times are ISO 8601 in UTC. */
export interface TicketOperation {
  readonly id: string;
  readonly ticketId: string;
  readonly action: TicketAction;
  readonly actor: { readonly id: string; readonly name: string };
  /** The content that the person saw. */
  readonly version: number;
  readonly contentHash: string;
  /** Index from 0; null where the action is about no step. */
  readonly step: number | null;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly state: 'requested' | 'applied' | 'refused';
  readonly result: TicketOperationResult | null;
  readonly createdAt: string;
  readonly handledAt: string | null;
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
  await tx
    .insertInto('ticket_operation')
    .values({
      id: operation.id,
      ticket_id: operation.ticketId,
      action: operation.action,
      actor_id: operation.actor.id,
      actor_name: operation.actor.name,
      version: operation.version,
      content_hash: operation.contentHash,
      step: operation.step ?? null,
      message: operation.message,
      details: JSON.stringify(operation.details ?? {}),
    })
    .execute();
}

/** One operation, or undefined. */
export async function getTicketOperation(db: Database, operationId: string): Promise<TicketOperation | undefined> {
  if (!isUuid(operationId)) return undefined;
  const row = await db.selectFrom('ticket_operation').selectAll().where('id', '=', operationId).executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    id: row.id,
    ticketId: row.ticket_id,
    action: row.action,
    actor: { id: row.actor_id, name: row.actor_name },
    version: row.version,
    contentHash: row.content_hash,
    step: row.step,
    message: row.message,
    details: row.details,
    state: row.state,
    result: row.result,
    createdAt: row.created_at.toISOString(),
    handledAt: row.handled_at?.toISOString() ?? null,
  };
}

/** Operations that nobody has handled for longer than `olderThanMs`, oldest first. */
export async function findRequestedTicketOperations(
  db: Database,
  olderThanMs: number,
  limit: number,
): Promise<{ id: string; ticketId: string; action: TicketAction }[]> {
  return db
    .selectFrom('ticket_operation')
    .select(['id', 'ticket_id as ticketId', 'action'])
    .where('state', '=', 'requested')
    .where('created_at', '<', sql<Date>`now() - make_interval(secs => ${olderThanMs / 1000})`)
    .orderBy('created_at')
    .limit(limit)
    .execute();
}
