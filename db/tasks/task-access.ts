import { sql } from 'kysely';
import type { Database } from '#db/database.ts';

/** What decides who may see and steer a task. */
export interface TaskAccess {
  readonly id: string;
  readonly requesterId: string;
  /** Nodes it was submitted on, with the ids from the root to each. */
  readonly nodes: readonly { readonly id: string; readonly ids: readonly string[] }[];
}

/** Undefined where there is no such task. */
export async function findTaskAccess(db: Database, taskId: string): Promise<TaskAccess | undefined> {
  const { rows } = await sql<{ id: string; requesterId: string; paths: string[] }>`
    select t.id, t.requester_id as "requesterId",
      array(select ltree2text(n.path) from task_node tn join node n on n.id = tn.node_id where tn.task_id = t.id) as paths
    from task t where t.id = ${taskId}::uuid`.execute(db);
  const row = rows[0];
  if (row === undefined) return undefined;
  const nodes = row.paths.map((path) => {
    const ids = path.split('.');
    return { id: ids.at(-1) ?? '', ids };
  });
  return { id: row.id, requesterId: row.requesterId, nodes };
}
