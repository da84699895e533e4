import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { type Action, actions } from '#domain/names.ts';
import type { Caller, CallerGrant } from '#domain/identity/caller.ts';
import type { UserRole } from '#domain/identity/roles.ts';

interface CallerRow {
  id: string;
  name: string;
  role: UserRole;
  mustChangePassword: boolean;
  grants: CallerGrant[];
}

async function findCaller(db: Database, where: RawBuilder<unknown>): Promise<Caller | undefined> {
  const { rows } = await sql<CallerRow>`
    select u.id, u.name, u.role, u."mustChangePassword",
      coalesce((select json_agg(json_build_object('nodeId', g.node_id::text, 'idPath', n.path::text, 'role', g.role))
                from node_grant g join node n on n.id = g.node_id where g.user_id = u.id), '[]') as grants
    from "user" u where not u.disabled and ${where}`.execute(db);
  const row = rows[0];
  if (row === undefined) return undefined;
  const { grants, mustChangePassword, ...user } = row;
  return {
    actor: { ...user, grants: new Map(grants.map((grant) => [grant.nodeId, grant.role])) },
    mustChangePassword,
    grants,
  };
}

/** The enabled user behind a token that is enabled and not expired; one read, no write. */
export async function findCallerByToken(
  db: Database,
  keyHash: string,
): Promise<(Caller & { tokenId: string }) | undefined> {
  const key = await db
    .selectFrom('apikey')
    .select(['id', 'referenceId'])
    .where('key', '=', keyHash)
    .where('enabled', '=', true)
    .where((eb) => eb.or([eb('expiresAt', 'is', null), eb('expiresAt', '>', sql<Date>`now()`)]))
    .executeTakeFirst();
  if (key === undefined) return undefined;
  const caller = await findCallerByUserId(db, key.referenceId);
  return caller === undefined ? undefined : { ...caller, tokenId: key.id };
}

/** The user with this id, unless disabled. */
export function findCallerByUserId(db: Database, userId: string): Promise<Caller | undefined> {
  return findCaller(db, sql`u.id = ${userId}`);
}

/** Whether what a request was signed in with still holds: an open stream asks this again and again. */
export async function isStillSignedIn(
  db: Database,
  by: { via: 'token' | 'session'; id: string; userId: string },
): Promise<boolean> {
  const { rows } =
    by.via === 'token'
      ? await sql`select 1 from apikey k join "user" u on u.id = k."referenceId"
          where k.id = ${by.id} and u.id = ${by.userId} and k.enabled and not u.disabled
            and (k."expiresAt" is null or k."expiresAt" > now())`.execute(db)
      : await sql`select 1 from session s join "user" u on u.id = s."userId"
          where s.id = ${by.id} and u.id = ${by.userId} and not u.disabled and s."expiresAt" > now()`.execute(db);
  return rows.length > 0;
}

/** Where somebody may do something: on the whole tree, or below the nodes with these ltree paths. */
export type TreeScope = 'all' | readonly string[];

/** The part of the tree on which a caller may take an action. */
export function scopeOf(caller: Caller, action: Action): TreeScope {
  const rule = actions[action];
  if (rule.roles.includes(caller.actor.role)) return 'all';
  return caller.grants.filter((grant) => rule.nodeRoles.includes(grant.role)).map((grant) => grant.idPath);
}
