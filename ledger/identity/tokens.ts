import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { type TokenSummary, tokenColumns, tokenSummaryOf } from '#db/identity/tokens.ts';
import type { Tx } from '#db/database.ts';
import { tokenPrefix } from '#domain/identity/user.ts';

/** A fresh secret: 256 random bits. */
export function newTokenSecret(): string {
  return tokenPrefix + randomBytes(32).toString('base64url');
}

/** Enters a token of better-auth's api-key plugin; only the hash is kept. */
export async function createToken(
  tx: Tx,
  token: {
    userId: string;
    secret: string;
    secretHash: string;
    name?: string | undefined;
    expiresInDays?: number | undefined;
  },
): Promise<TokenSummary> {
  const row = await tx
    .insertInto('apikey')
    .values({
      id: randomUUID(),
      name: token.name ?? null,
      start: token.secret.slice(0, tokenPrefix.length + 4),
      prefix: tokenPrefix,
      key: token.secretHash,
      referenceId: token.userId,
      expiresAt:
        token.expiresInDays === undefined ? null : sql<Date>`now() + make_interval(days => ${token.expiresInDays})`,
    })
    .returning(tokenColumns)
    .executeTakeFirstOrThrow();
  return tokenSummaryOf(row);
}

/** Removes a token of a user; undefined where they have no such token. */
export async function revokeToken(tx: Tx, userId: string, tokenId: string): Promise<TokenSummary | undefined> {
  const row = await tx
    .deleteFrom('apikey')
    .where('id', '=', tokenId)
    .where('referenceId', '=', userId)
    .returning(tokenColumns)
    .executeTakeFirst();
  return row === undefined ? undefined : tokenSummaryOf(row);
}

/** Removes all tokens of a user with this name (one that is made anew at need). */
export async function revokeTokensNamed(tx: Tx, userId: string, name: string): Promise<void> {
  await tx.deleteFrom('apikey').where('referenceId', '=', userId).where('name', '=', name).execute();
}
