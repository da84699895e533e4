import { sql } from 'kysely';
import type { Database, Tx } from '#db/database.ts';
import { isUuid } from '#db/is-uuid.ts';
import { transact } from '#ledger/kernel/transact.ts';
import type { OperationState } from '#domain/durables.ts';
import type { DurableName } from '#domain/names.ts';
import { because } from '#domain/reasons.ts';

/** What a person asked of a subject, and what became of it. Times are ISO 8601 in UTC. */
export interface Operation {
  readonly id: string;
  readonly subjectId: string;
  readonly action: string;
  readonly actor: { readonly id: string; readonly name: string };
  readonly details: Readonly<Record<string, unknown>>;
  readonly state: OperationState;
  /** What it was answered first. */
  readonly result: { readonly applied: boolean } | null;
  readonly createdAt: string;
  readonly handledAt: string | null;
}

/** Writes down what an authenticated person asks; the workflow's Update carries the id of this row and nothing else. */
export async function createOperation(
  tx: Tx,
  operation: Pick<Operation, 'id' | 'subjectId' | 'action' | 'actor'> & {
    readonly noun: DurableName;
    readonly details?: Operation['details'];
  },
): Promise<void> {
  await tx
    .insertInto('operation')
    .values({
      id: operation.id,
      noun: operation.noun,
      subject_id: operation.subjectId,
      action: operation.action,
      actor_id: operation.actor.id,
      actor_name: operation.actor.name,
      details: JSON.stringify(operation.details ?? {}),
    })
    .execute();
}

/** One operation of a noun, or undefined. */
export async function getOperation(
  db: Database,
  noun: DurableName,
  operationId: string,
): Promise<Operation | undefined> {
  if (!isUuid(operationId)) return undefined;
  const row = await db
    .selectFrom('operation')
    .selectAll()
    .where('id', '=', operationId)
    .where('noun', '=', noun)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    id: row.id,
    subjectId: row.subject_id,
    action: row.action,
    actor: { id: row.actor_id, name: row.actor_name },
    details: row.details,
    state: row.state,
    result: row.result,
    createdAt: row.created_at.toISOString(),
    handledAt: row.handled_at?.toISOString() ?? null,
  };
}

/** Operations of a noun that nobody has handled for longer than `olderThanMs`, oldest first. */
export async function findRequestedOperations(
  db: Database,
  noun: DurableName,
  olderThanMs: number,
  limit: number,
): Promise<Pick<Operation, 'id' | 'subjectId' | 'action'>[]> {
  return db
    .selectFrom('operation')
    .select(['id', 'subject_id as subjectId', 'action'])
    .where('noun', '=', noun)
    .where('state', '=', 'requested')
    .where('created_at', '<', sql<Date>`ledger_now() - make_interval(secs => ${olderThanMs / 1000})`)
    .orderBy('created_at')
    .limit(limit)
    .execute();
}

const noSuchOperation = { applied: false, reason: because('no-such-operation') } as const;

/** How the operations of a noun are carried out. */
export interface CarriedOut<Subject extends { readonly id: string }, Asked extends Operation, Answer> {
  /** Locks the subject until the transaction ends; throws where there is none. */
  readonly lock: (tx: Tx) => Promise<Subject>;
  readonly find: (tx: Tx, operationId: string) => Promise<Asked | undefined>;
  /** Does what is asked, or says why not. */
  readonly apply: (tx: Tx, subject: Subject, operation: Asked) => Promise<NonNullable<Asked['result']>>;
  /** What is answered, the first time and again: the result, with how the subject is now. */
  readonly answer: (
    tx: Tx,
    subject: Subject,
    result: NonNullable<Asked['result']> | typeof noSuchOperation,
  ) => Answer | Promise<Answer>;
}

/**
 * Carries out a requested operation in one transaction under the lock of its subject's row, once: a repeat answers what
 * the first did.
 */
export async function carryOut<Subject extends { readonly id: string }, Asked extends Operation, Answer>(
  db: Database,
  operationId: string,
  { lock, find, apply, answer }: CarriedOut<Subject, Asked, Answer>,
): Promise<Answer> {
  return transact(db, async (tx) => {
    const subject = await lock(tx);
    const operation = await find(tx, operationId);
    if (operation === undefined || operation.subjectId !== subject.id) return answer(tx, subject, noSuchOperation);
    if (operation.result !== null) return answer(tx, subject, operation.result);
    const result = await apply(tx, subject, operation);
    await tx
      .updateTable('operation')
      .set({
        state: result.applied ? 'applied' : 'refused',
        result: JSON.stringify(result),
        handled_at: sql<Date>`ledger_now()`,
      })
      .where('id', '=', operation.id)
      .execute();
    return answer(tx, subject, result);
  });
}
