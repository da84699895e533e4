import type { Context } from 'hono';
import { v7 as uuidv7 } from 'uuid';
import type { Database, Tx } from '#db/database.ts';
import { transact } from '#ledger/kernel/transact.ts';
import type { AuditEntry } from '#ledger/audit/audit.ts';
import { claimIdempotencyKey, storeAnswer } from '#ledger/kernel/idempotency.ts';
import { auditRequest } from './audit-request.ts';
import type { ApiEnv } from './env.ts';
import { callerOf } from './guard.ts';

/** An operation that somebody asks for, of whatever noun. */
export interface OperationToWrite {
  readonly key: string | undefined;
  /** Refuses what is not possible, under the subject's lock; else writes the row and says what the audit says of it. */
  write(tx: Tx, operationId: string): Promise<Pick<AuditEntry, 'action' | 'target' | 'nodes' | 'details'>>;
  /** Has the subject's workflow carry it out; where no worker answers in time, the sweeper sends it again. */
  send(operationId: string): Promise<unknown>;
}

/** Writes an operation down with its audit row, once for each key, and sends it. Answers its id. */
export async function writeOperation(c: Context<ApiEnv>, db: Database, operation: OperationToWrite): Promise<string> {
  const { key } = operation;
  const { actor } = callerOf(c);
  const request =
    key === undefined
      ? undefined
      : { actorId: actor.id, key, route: `${c.req.method} ${c.req.path}`, body: c.get('sent') };
  const { operationId, fresh } = await transact(db, async (tx) => {
    const before = request === undefined ? undefined : await claimIdempotencyKey(tx, request);
    if (before !== undefined) return { operationId: String(before.response.operationId), fresh: false };
    const id = uuidv7();
    const audit = await operation.write(tx, id);
    if (request !== undefined) await storeAnswer(tx, request, { status: 200, response: { operationId: id } });
    auditRequest(tx, c, { ...audit, details: { operationId: id, ...audit.details } });
    return { operationId: id, fresh: true };
  });
  if (fresh) await operation.send(operationId);
  return operationId;
}
