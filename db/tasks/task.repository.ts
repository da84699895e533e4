import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { countByGroup } from '#domain/tasks/host-run.ts';
import type { TaskPayload, TaskState, TaskStrategy, TaskSummary } from '#domain/tasks/task.ts';
import { countHostRuns } from './host-run-counts.repository.ts';
import { isUuid } from './task-lock.repository.ts';

/** A task with everything it was submitted with. */
export interface TaskDetails extends TaskSummary {
  readonly requesterId: string;
  readonly payload: TaskPayload;
  readonly strategy: TaskStrategy;
  /** Nodes it was submitted on, with the ids of all nodes from the root to each. */
  readonly nodes: readonly { readonly id: string; readonly fullName: string; readonly path: readonly string[] }[];
  readonly ticketId: string | null;
}

export interface TaskFilter {
  readonly states?: readonly TaskState[];
  /** User id of the requester. */
  readonly requesterId?: string;
  /** Tasks submitted on this node or below it. */
  readonly nodeId?: string;
  /** Only tasks all of whose nodes lie at or below one of these; absent: all tasks. A task without nodes is in no such list. */
  readonly visibleUnder?: readonly string[];
}

const summaryColumns = ['id', 'title', 'state', 'requester_name', 'created_at', 'started_at', 'ended_at'] as const;

/** Tasks, newest first, from below the id `before`. Counts are those of the host runs now. */
export async function listTasks(
  db: Database,
  filter: TaskFilter,
  page: { before?: string; limit: number },
): Promise<TaskSummary[]> {
  let query = db.selectFrom('task').select(summaryColumns).orderBy('id', 'desc').limit(page.limit);
  if (page.before !== undefined) query = query.where('id', '<', page.before);
  if (filter.states !== undefined) query = query.where('state', 'in', [...filter.states]);
  if (filter.requesterId !== undefined) query = query.where('requester_id', '=', filter.requesterId);
  if (filter.nodeId !== undefined) {
    query = query.where(sql<boolean>`exists (
      select 1 from task_node join node on node.id = task_node.node_id join node as top on node.path <@ top.path
      where task_node.task_id = task.id and top.id = ${filter.nodeId}::bigint)`);
  }
  if (filter.visibleUnder !== undefined) {
    const granted = sql`select 1 from node join node as top on node.path <@ top.path
      where node.id = task_node.node_id and top.id = any(${[...filter.visibleUnder]}::bigint[])`;
    query = query.where(sql<boolean>`exists (select 1 from task_node where task_node.task_id = task.id)
      and not exists (select 1 from task_node where task_node.task_id = task.id and not exists (${granted}))`);
  }
  const rows = await query.execute();
  const counts = await countHostRuns(
    db,
    rows.map((row) => row.id),
  );
  return rows.map((row) => toSummary(row, counts));
}

/** One task, or undefined. Counts are those of the host runs now. */
export async function getTask(db: Database, taskId: string): Promise<TaskDetails | undefined> {
  if (!isUuid(taskId)) return undefined;
  const row = await db
    .selectFrom('task')
    .select([...summaryColumns, 'requester_id', 'payload', 'strategy', 'ticket_id', 'nodes'])
    .where('id', '=', taskId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const counts = await countHostRuns(db, [taskId]);
  return {
    ...toSummary(row, counts),
    requesterId: row.requester_id,
    payload: row.payload,
    strategy: row.strategy,
    nodes: await nodesOf(db, taskId),
    ticketId: row.ticket_id,
  };
}

async function nodesOf(db: Database, taskId: string): Promise<TaskDetails['nodes']> {
  const { rows } = await sql<{ id: string; path: string; full_name: string }>`
    select node.id::text as id, node.path::text as path,
           (select string_agg(part.name, '.' order by nlevel(part.path)) from node as part where part.path @> node.path) as full_name
    from task_node join node on node.id = task_node.node_id where task_node.task_id = ${taskId}::uuid order by node.path`.execute(
    db,
  );
  return rows.map((row) => ({ id: row.id, fullName: row.full_name, path: row.path.split('.') }));
}

interface SummaryRow {
  id: string;
  title: string;
  state: TaskState;
  requester_name: string;
  created_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
}

function toSummary(row: SummaryRow, counts: ReadonlyMap<string, TaskSummary['counts']>): TaskSummary {
  return {
    id: row.id,
    title: row.title,
    state: row.state,
    requester: row.requester_name,
    counts: counts.get(row.id) ?? countByGroup({}),
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}
