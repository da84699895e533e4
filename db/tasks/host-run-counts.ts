import { type Selectable, sql } from 'kysely';
import type { TaskCountTable } from './tables.ts';
import type { Database } from '#db/database.ts';
import {
  countByGroup,
  type HostRunState,
  inFlightStates,
  type TaskCounts,
  waitingStates,
} from '#domain/tasks/host-run.ts';

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
  const tally = (await sumCounts(db, [taskId])).get(taskId);
  if (tally === undefined) return { counts: countsOf(undefined), errors: 0, knownHosts: 0 };
  const counts = countsOf(tally);
  return { counts, errors: tally.errors, knownHosts: counts.total - tally.unreachable };
}

/** The counts of many tasks at once; a task without hosts is not in the answer. */
export async function countHostRuns(db: Database, taskIds: readonly string[]): Promise<Map<string, TaskCounts>> {
  const sums = await sumCounts(db, taskIds);
  return new Map([...sums].map(([taskId, sum]) => [taskId, countsOf(sum)]));
}

type Sum = Omit<Selectable<TaskCountTable>, 'writer'>;

async function sumCounts(db: Database, taskIds: readonly string[]): Promise<Map<string, Sum>> {
  const { rows } = await sql<Sum>`
    select task_id, sum(pending)::int as pending, sum(running)::int as running, sum(succeeded)::int as succeeded,
           sum(failed)::int as failed, sum(timed_out)::int as timed_out, sum(killed)::int as killed, sum(lost)::int as lost,
           sum(revoked)::int as revoked, sum(buried)::int as buried, sum(errors)::int as errors,
           sum(unreachable)::int as unreachable
    from task_count where task_id = any(${[...taskIds]}::uuid[]) group by task_id`.execute(db);
  return new Map(rows.map((row) => [row.task_id, row]));
}

function countsOf(sum: Sum | undefined): TaskCounts {
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

/** Whether hosts of a task wait for a place, or only run, or neither: without counting them. */
export async function standingOfHostRuns(db: Database, taskId: string): Promise<'waiting' | 'running' | 'over'> {
  const any = (states: readonly HostRunState[]) => sql<boolean>`exists (
    select 1 from host_run where task_id = ${taskId}::uuid and current and state = any(${[...states]}::text[]))`;
  const { rows } = await sql<{ waiting: boolean; running: boolean }>`
    select ${any(waitingStates)} as waiting, ${any(inFlightStates)} as running`.execute(db);
  if (rows[0]?.waiting === true) return 'waiting';
  return rows[0]?.running === true ? 'running' : 'over';
}
