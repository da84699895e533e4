import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { countByGroup } from '#domain/tasks/host-run.ts';
import type { TaskPayload, TaskState, TaskStrategy, TaskSummary } from '#domain/tasks/task.ts';
import { countHostRuns } from './host-run-counts.ts';
import { containing } from '#db/search-pattern.ts';
import { isUuid } from '#db/is-uuid.ts';

/** A task with everything it was submitted with. */
export interface TaskDetails extends TaskSummary {
  readonly requesterId: string;
  readonly payload: TaskPayload;
  readonly strategy: TaskStrategy;
  readonly ticketId: string | null;
}

export interface TaskFilter {
  readonly states?: readonly TaskState[];
  /** Name of the requester. */
  readonly requester?: string;
  /** Part of the title, any case. */
  readonly search?: string;
  /** Tasks submitted on this node or below it. */
  readonly nodeId?: string;
  /** Only tasks of this user and those submitted on a node at or below one of these; absent: all tasks. */
  readonly visibleTo?: { readonly userId: string; readonly nodeIds: readonly string[] };
}

const summaryColumns = [
  'id',
  'title',
  'state',
  'requester_name',
  'first_nodes',
  'node_count',
  'created_at',
  'started_at',
  'ended_at',
] as const;

/** Tasks, newest first, from below the id `before`. Counts are those of the host runs now. */
export async function listTasks(
  db: Database,
  filter: TaskFilter,
  page: { before?: string; limit: number },
): Promise<TaskSummary[]> {
  let query = db.selectFrom('task').select(summaryColumns).orderBy('id', 'desc').limit(page.limit);
  if (page.before !== undefined) query = query.where('id', '<', page.before);
  if (filter.states !== undefined) query = query.where('state', 'in', [...filter.states]);
  if (filter.requester !== undefined) query = query.where('requester_name', '=', filter.requester);
  if (filter.search !== undefined && filter.search !== '')
    query = query.where('title', 'ilike', containing(filter.search));
  if (filter.nodeId !== undefined) query = query.where(submittedUnder([filter.nodeId]));
  const { visibleTo } = filter;
  if (visibleTo !== undefined) {
    query = query.where((eb) => eb.or([eb('requester_id', '=', visibleTo.userId), submittedUnder(visibleTo.nodeIds)]));
  }
  const rows = await query.execute();
  const counts = await countHostRuns(
    db,
    rows.map((row) => row.id),
  );
  return rows.map((row) => toSummary(row, counts));
}

function submittedUnder(nodeIds: readonly string[]): RawBuilder<boolean> {
  return sql<boolean>`exists (
    select 1 from task_node join node on node.id = task_node.node_id join node as top on node.path <@ top.path
    where task_node.task_id = task.id and top.id = any(${[...nodeIds]}::bigint[]))`;
}

/** One task, or undefined. Counts are those of the host runs now. */
export async function getTask(db: Database, taskId: string): Promise<TaskDetails | undefined> {
  if (!isUuid(taskId)) return undefined;
  const row = await db
    .selectFrom('task')
    .select([...summaryColumns, 'requester_id', 'payload', 'strategy', 'ticket_id'])
    .where('id', '=', taskId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const counts = await countHostRuns(db, [taskId]);
  return {
    ...toSummary(row, counts),
    requesterId: row.requester_id,
    payload: row.payload,
    strategy: row.strategy,
    ticketId: row.ticket_id,
  };
}

interface SummaryRow {
  id: string;
  title: string;
  state: TaskState;
  requester_name: string;
  first_nodes: string[];
  node_count: number;
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
    nodes: row.first_nodes,
    nodeCount: row.node_count,
    counts: counts.get(row.id) ?? countByGroup({}),
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}
