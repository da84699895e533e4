import type { Database } from '#db/database.ts';

/** An API token without its secret. */
export interface TokenSummary {
  readonly id: string;
  readonly name: string | null;
  /** Its first characters, to tell tokens apart. */
  readonly start: string | null;
  readonly createdAt: string;
  readonly expiresAt: string | null;
}

/** What is shown of a token. */
export const tokenColumns = ['id', 'name', 'start', 'createdAt', 'expiresAt'] as const;

export function tokenSummaryOf(row: {
  id: string;
  name: string | null;
  start: string | null;
  createdAt: Date;
  expiresAt: Date | null;
}): TokenSummary {
  return { ...row, createdAt: row.createdAt.toISOString(), expiresAt: row.expiresAt?.toISOString() ?? null };
}

/** Tokens of a user, newest first. */
export async function listTokens(db: Database, userId: string): Promise<TokenSummary[]> {
  const rows = await db
    .selectFrom('apikey')
    .select(tokenColumns)
    .where('referenceId', '=', userId)
    .orderBy('createdAt', 'desc')
    .orderBy('id')
    .execute();
  return rows.map(tokenSummaryOf);
}
