import { type Selectable, sql } from 'kysely';
import type { TaskCountTable } from './tables.ts';
import type { Database } from '#db/database.ts';
import { countByGroup, type TaskCounts } from '#domain/tasks/host-run.ts';

/** Hosts of a task as they are now; of each host the latest attempt. */
export interface HostRunTally {
  readonly counts: TaskCounts;
  /** Ends that count for the error strategy. */
  readonly errors: number;
  /** Hosts that the error strategy counts a share of: those that could be handed out at all. */
  readonly knownHosts: number;
}

/** How one task stands, whatever the number of its hosts: the sum of what each writer has counted. */
export async function tallyHostRuns(db: Database, taskId: string): Promise<HostRunTally> {
  return tallyOf((await sumCounts(db, [taskId])).get(taskId));
}

/** The counts of many tasks at once; a task without hosts is not in the answer. */
export async function countHostRuns(db: Database, taskIds: readonly string[]): Promise<Map<string, TaskCounts>> {
  const sums = await sumCounts(db, taskIds);
  return new Map([...sums].map(([taskId, sum]) => [taskId, countsOf(sum)]));
}

/** The columns of {@link TaskCountTable} summed up. */
export type CountSum = Omit<Selectable<TaskCountTable>, 'writer' | 'task_id'>;

/** Sums of the columns of `task_count`, for a query over its rows. */
export const countSums = sql`
  sum(pending)::int as pending, sum(running)::int as running, sum(succeeded)::int as succeeded, sum(failed)::int as failed,
  sum(timed_out)::int as timed_out, sum(killed)::int as killed, sum(lost)::int as lost, sum(revoked)::int as revoked,
  sum(buried)::int as buried, sum(errors)::int as errors, sum(unreachable)::int as unreachable`;

async function sumCounts(db: Database, taskIds: readonly string[]): Promise<Map<string, CountSum>> {
  const { rows } = await sql<CountSum & { task_id: string }>`
    select task_id, ${countSums} from task_count where task_id = any(${[...taskIds]}::uuid[]) group by task_id`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.task_id, row]));
}

/** What a task's summed counts say; without any it has no hosts. */
export function tallyOf(sum: CountSum | undefined): HostRunTally {
  const counts = countsOf(sum);
  return { counts, errors: sum?.errors ?? 0, knownHosts: counts.total - (sum?.unreachable ?? 0) };
}

function countsOf(sum: CountSum | undefined): TaskCounts {
  return countByGroup({
    ready: sum?.pending ?? 0,
    running: sum?.running ?? 0,
    succeeded: sum?.succeeded ?? 0,
    failed: sum?.failed ?? 0,
    timed_out: sum?.timed_out ?? 0,
    killed: sum?.killed ?? 0,
    lost: sum?.lost ?? 0,
    revoked: sum?.revoked ?? 0,
    buried: sum?.buried ?? 0,
  });
}
