import { sql } from 'kysely';
import type { Database } from '#db/database.ts';

/** Ids of the nodes on which somebody enabled was granted `ops-owner`. */
export async function listOwnedNodes(db: Database): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct g.node_id as id from node_grant g join "user" u on u.id = g.user_id
    where g.role = 'ops-owner' and not u.disabled`.execute(db);
  return rows.map((row) => row.id);
}
