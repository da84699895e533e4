import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import type { NodeRole } from '#domain/identity/roles.ts';

/** Gives a user one role on a node, in place of the one they had there. */
export async function grantRole(
  tx: Tx,
  grant: { nodeId: string; userId: string; role: NodeRole; grantedBy: string },
): Promise<{ grantedAt: string; before: NodeRole | undefined }> {
  const before = await tx
    .selectFrom('node_grant')
    .select('role')
    .where('node_id', '=', grant.nodeId)
    .where('user_id', '=', grant.userId)
    .forUpdate()
    .executeTakeFirst();
  const row = await tx
    .insertInto('node_grant')
    .values({ node_id: grant.nodeId, user_id: grant.userId, role: grant.role, granted_by: grant.grantedBy })
    .onConflict((conflict) =>
      conflict
        .columns(['node_id', 'user_id'])
        .doUpdateSet({ role: grant.role, granted_by: grant.grantedBy, granted_at: sql<Date>`ledger_now()` }),
    )
    .returning('granted_at')
    .executeTakeFirstOrThrow();
  return { grantedAt: row.granted_at.toISOString(), before: before?.role };
}

/** Takes a user's role on a node away; undefined where they had none there. */
export async function revokeRole(tx: Tx, nodeId: string, userId: string): Promise<NodeRole | undefined> {
  const row = await tx
    .deleteFrom('node_grant')
    .where('node_id', '=', nodeId)
    .where('user_id', '=', userId)
    .returning('role')
    .executeTakeFirst();
  return row?.role;
}
