import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { type UserSummary, userColumns, userSummaryOf } from '#db/identity/users.ts';
import type { Tx } from '#db/database.ts';
import { nameTaken, Problem } from '#domain/errors.ts';
import type { UserRole } from '#domain/identity/roles.ts';
import { nameKey } from '#domain/name-rule.ts';
import { because } from '#domain/reasons.ts';

/**
 * Enters a user, with a password where its hash is given (better-auth's credential account). A name that is taken
 * (in any case): Problem `conflict`.
 */
export async function createUser(
  tx: Tx,
  user: { name: string; role: UserRole; passwordHash?: string | undefined; mustChangePassword?: boolean },
): Promise<UserSummary> {
  const id = randomUUID();
  const username = nameKey(user.name);
  const row = await tx
    .insertInto('user')
    .values({
      id,
      name: user.name,
      // better-auth wants an address; nobody is sent mail here.
      email: `${username}@users.signalbox.invalid`,
      image: null,
      username,
      displayUsername: user.name,
      role: user.role,
      mustChangePassword: user.mustChangePassword ?? false,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning(userColumns)
    .executeTakeFirst();
  if (row === undefined) {
    throw nameTaken('name', user.name);
  }
  if (user.passwordHash !== undefined) {
    await sql`insert into account (id, "accountId", "providerId", "userId", password)
      values (${randomUUID()}, ${id}, 'credential', ${id}, ${user.passwordHash})`.execute(tx);
  }
  return userSummaryOf(row);
}

/**
 * Sets role and disabled; a disabled user loses all sessions. The last enabled administrator stays one: Problem
 * `not-in-this-state`. All changes of users wait for one another.
 */
export async function updateUser(
  tx: Tx,
  id: string,
  change: { role?: UserRole | undefined; disabled?: boolean | undefined },
): Promise<UserSummary> {
  await sql`select pg_advisory_xact_lock(${userLock})`.execute(tx);
  const row = await tx
    .updateTable('user')
    .set({
      updatedAt: sql`now()`,
      ...(change.role === undefined ? {} : { role: change.role }),
      ...(change.disabled === undefined ? {} : { disabled: change.disabled }),
    })
    .where('id', '=', id)
    .returning(userColumns)
    .executeTakeFirstOrThrow();
  const admin = await tx
    .selectFrom('user')
    .select('id')
    .where('role', '=', 'admin')
    .where('disabled', '=', false)
    .limit(1)
    .executeTakeFirst();
  if (admin === undefined) {
    throw new Problem('not-in-this-state', because('last-admin'));
  }
  if (row.disabled) await tx.deleteFrom('session').where('userId', '=', id).execute();
  return userSummaryOf(row);
}

const userLock = 0x5b_05_e2;

/** Serialises whoever makes the first users (several api processes may start at once). */
export async function lockUsers(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${userLock})`.execute(tx);
}

/** A user has chosen a password: nothing is asked of them any more. Returns false where nothing was. */
export async function clearMustChangePassword(tx: Tx, userId: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('user')
    .set({ mustChangePassword: false, updatedAt: sql`now()` })
    .where('id', '=', userId)
    .where('mustChangePassword', '=', true)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
