import type { Database } from '#db/database.ts';
import { nameKey } from '#domain/name-rule.ts';
import type { UserRole } from '#domain/identity/roles.ts';

/** A user as administrators list them. */
export interface UserSummary {
  readonly id: string;
  readonly name: string;
  readonly role: UserRole;
  readonly disabled: boolean;
  readonly mustChangePassword: boolean;
  readonly createdAt: string;
}

/** What is shown of a user. */
export const userColumns = ['id', 'name', 'role', 'disabled', 'mustChangePassword', 'createdAt'] as const;

export function userSummaryOf(row: Omit<UserSummary, 'createdAt'> & { createdAt: Date }): UserSummary {
  return { ...row, createdAt: row.createdAt.toISOString() };
}

/** The user with this id or name (in any case). */
export async function findUser(db: Database, idOrName: string): Promise<UserSummary | undefined> {
  const row = await db
    .selectFrom('user')
    .select(userColumns)
    .where((eb) => eb.or([eb('id', '=', idOrName), eb('username', '=', nameKey(idOrName))]))
    .executeTakeFirst();
  return row === undefined ? undefined : userSummaryOf(row);
}

/** Users by name. */
export async function listUsers(
  db: Database,
  options: { after?: string | undefined; limit: number; q?: string | undefined },
): Promise<UserSummary[]> {
  let query = db.selectFrom('user').select(userColumns).orderBy('username').limit(options.limit);
  if (options.after !== undefined) query = query.where('username', '>', nameKey(options.after));
  if (options.q !== undefined) query = query.where('username', 'like', `%${likeText(nameKey(options.q))}%`);
  return (await query.execute()).map(userSummaryOf);
}

/** Text as LIKE takes it literally. */
function likeText(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&');
}

export async function hasUsers(db: Database): Promise<boolean> {
  return (await db.selectFrom('user').select('id').limit(1).executeTakeFirst()) !== undefined;
}
