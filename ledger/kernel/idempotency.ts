import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Database, Tx } from '#db/database.ts';
import { canonicalJson } from '#domain/audit/canonical-json.ts';
import { Problem } from '#domain/errors.ts';
import { because } from '#domain/reasons.ts';

/** A request that its caller may send again. */
export interface IdempotentRequest {
  readonly actorId: string;
  readonly key: string;
  /** Method and path as called. */
  readonly route: string;
  /** JSON as it was sent: with nothing filled in, so that no later default makes two of one. */
  readonly body: unknown;
}

export interface StoredAnswer {
  readonly status: number;
  readonly response: Record<string, unknown>;
}

/**
 * The answer that this request got before, or undefined where it is new: then the key is held until the transaction
 * ends, and {@link storeAnswer} keeps the answer. Same key, other route or body: Problem `idempotency-key-reused`.
 */
export async function claimIdempotencyKey(tx: Tx, request: IdempotentRequest): Promise<StoredAnswer | undefined> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${request.actorId}\n${request.key}`}, 1))`.execute(tx);
  const row = await tx
    .selectFrom('idempotency_key')
    .select(['route', 'body_sha256', 'status', 'response'])
    .where('actor_id', '=', request.actorId)
    .where('key', '=', request.key)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (row.route !== request.route || row.body_sha256 !== hashBody(request.body)) {
    throw new Problem('idempotency-key-reused', because('idempotency-key-reused'));
  }
  return { status: row.status, response: row.response };
}

/** Keeps the answer of a claimed request, in the transaction that did the work. */
export async function storeAnswer(tx: Tx, request: IdempotentRequest, answer: StoredAnswer): Promise<void> {
  await tx
    .insertInto('idempotency_key')
    .values({
      actor_id: request.actorId,
      key: request.key,
      route: request.route,
      body_sha256: hashBody(request.body),
      status: answer.status,
      response: JSON.stringify(answer.response),
    })
    .execute();
}

/** Forgets answers of requests that started work, once they are older than `keepMs`. */
export async function pruneIdempotencyKeys(db: Database, keepMs = 48 * 3_600_000): Promise<number> {
  const result = await db
    .deleteFrom('idempotency_key')
    .where('created_at', '<', sql<Date>`ledger_now() - make_interval(secs => ${keepMs / 1000})`)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

function hashBody(body: unknown): string {
  return createHash('sha256')
    .update(canonicalJson(body ?? null))
    .digest('hex');
}
