import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { NodeRole } from '#domain/identity/roles.ts';
import { fullNameSql } from './nodes.ts';

/** A role that somebody has on a node, by a grant there or above. */
export interface NodeGrant {
  readonly user: string;
  readonly userId: string;
  readonly role: NodeRole;
  /** Full name of the node it was granted on. */
  readonly node: string;
  readonly inherited: boolean;
  readonly grantedBy: string;
  readonly grantedAt: string;
}

/** Grants that hold on a node (those of its ancestors included), nearest last. */
export async function listGrants(db: Database, idPath: string): Promise<NodeGrant[]> {
  const { rows } = await sql<Omit<NodeGrant, 'grantedAt'> & { grantedAt: Date }>`
    select u.name as user, u.id as "userId", g.role, ${fullNameSql('n')} as node, n.path <> ${idPath}::ltree as inherited,
      g.granted_by as "grantedBy", g.granted_at as "grantedAt"
    from node_grant g join node n on n.id = g.node_id join "user" u on u.id = g.user_id
    where n.id = any (string_to_array(${idPath}, '.')::bigint[]) order by nlevel(n.path), u.username`.execute(db);
  return rows.map((row) => ({ ...row, grantedAt: row.grantedAt.toISOString() }));
}

/** Full names of the nodes on which a user has a grant, with the role. */
export async function listGrantsOfUser(db: Database, userId: string): Promise<{ node: string; role: NodeRole }[]> {
  const { rows } = await sql<{ node: string; role: NodeRole }>`
    select ${fullNameSql('n')} as node, g.role from node_grant g join node n on n.id = g.node_id
    where g.user_id = ${userId} order by n.path`.execute(db);
  return rows;
}
