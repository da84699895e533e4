import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database, Tx } from '#db/database.ts';
import type { JoinToken } from '#domain/agents/agent.ts';
import { Problem } from '#domain/errors.ts';
import { because } from '#domain/reasons.ts';

/** How long a join token is valid unless its maker says otherwise. */
export const joinTokenTtlMs = 600_000;

/** Certificate of the authority that gateways sign with, or undefined while no gateway has made one. */
export async function currentAuthority(db: Database): Promise<{ sha256: string; certificatePem: string } | undefined> {
  return db
    .selectFrom('certificate_authority')
    .select(['sha256', 'certificate_pem as certificatePem'])
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Makes the authority known (idempotent). `sha256` is over the DER form, lower-case hexadecimal. */
export async function registerAuthority(
  db: Database,
  authority: { sha256: string; certificatePem: string },
): Promise<void> {
  await db
    .insertInto('certificate_authority')
    .values({ sha256: authority.sha256, certificate_pem: authority.certificatePem })
    .onConflict((conflict) => conflict.column('sha256').doNothing())
    .execute();
}

/**
 * A new join token; its secret is in the answer only, the ledger keeps a hash. `agentName` lets only an agent of that
 * name use it, `nodeId` binds the machine to that node as it enrols. No authority yet: Problem `unavailable`.
 */
export async function createJoinToken(
  tx: Tx,
  input: {
    createdBy: string;
    ttlMs?: number | undefined;
    agentName?: string | undefined;
    nodeId?: string | undefined;
  },
): Promise<JoinToken & { expiresAt: string }> {
  const authority = await currentAuthority(tx);
  if (authority === undefined) {
    throw new Problem('unavailable', because('no-authority-yet'));
  }
  const id = randomUUID();
  const secret = randomBytes(32).toString('base64url');
  const row = await tx
    .insertInto('join_token')
    .values({
      id,
      secret_sha256: sha256(secret),
      created_by: input.createdBy,
      expires_at: sql<Date>`ledger_now() + make_interval(secs => ${(input.ttlMs ?? joinTokenTtlMs) / 1000})`,
      agent_name: input.agentName ?? null,
      node_id: input.nodeId ?? null,
    })
    .returning('expires_at')
    .executeTakeFirstOrThrow();
  return { id, secret, caSha256: authority.sha256, expiresAt: row.expires_at.toISOString() };
}

/** A token as its lock holder sees it; `expired` is by the ledger's clock. */
export interface LockedJoinToken {
  readonly id: string;
  readonly secretSha256: string;
  readonly createdBy: string;
  readonly expired: boolean;
  readonly agentName: string | null;
  readonly nodeId: string | null;
  readonly usedKeySha256: string | null;
  readonly agentId: string | null;
  readonly certificatePem: string | null;
}

/** Locks a token, so that of two agents with one token one waits for the other. */
export async function lockJoinToken(tx: Tx, id: string): Promise<LockedJoinToken | undefined> {
  return tx
    .selectFrom('join_token')
    .select([
      'id',
      'secret_sha256 as secretSha256',
      'created_by as createdBy',
      'agent_name as agentName',
      'node_id as nodeId',
    ])
    .select(['used_key_sha256 as usedKeySha256', 'agent_id as agentId', 'certificate_pem as certificatePem'])
    .select(sql<boolean>`expires_at <= ledger_now()`.as('expired'))
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

/** Ties the token to the key that used it, with the answer that a repeat gets. */
export async function markJoinTokenUsed(
  tx: Tx,
  id: string,
  use: { keySha256: string; agentId: string; certificatePem: string },
): Promise<void> {
  await tx
    .updateTable('join_token')
    .set({
      used_at: sql`ledger_now()`,
      used_key_sha256: use.keySha256,
      agent_id: use.agentId,
      certificate_pem: use.certificatePem,
    })
    .where('id', '=', id)
    .execute();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
