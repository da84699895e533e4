import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import {
  countByGroup,
  errorStates,
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

/**
 * Counts the hosts of one task. Hosts that failed without ever being handed out (unknown, without an agent) are shown
 * and counted, but no error of the task.
 */
export async function tallyHostRuns(db: Database, taskId: string): Promise<HostRunTally> {
  const { rows } = await sql<{ state: HostRunState; hosts: number; errors: number; unknown: number }>`
    select state, count(*)::int as hosts,
           (count(*) filter (where state = any(${[...errorStates]}::text[]) and not unreachable))::int as errors,
           (count(*) filter (where unreachable))::int as unknown
    from (select state, state = 'failed' and dispatched_at is null as unreachable
          from host_run where task_id = ${taskId}::uuid and current) as run
    group by state`.execute(db);
  const sum = (pick: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + pick(row), 0);
  return {
    counts: countByGroup(Object.fromEntries(rows.map((row) => [row.state, row.hosts]))),
    errors: sum((row) => row.errors),
    knownHosts: sum((row) => row.hosts - row.unknown),
  };
}

/** Counts the hosts of many tasks at once; a task without hosts is not in the answer. */
export async function countHostRuns(db: Database, taskIds: readonly string[]): Promise<Map<string, TaskCounts>> {
  const { rows } = await sql<{ task_id: string; state: HostRunState; hosts: number }>`
    select task_id, state, count(*)::int as hosts from host_run
    where task_id = any(${[...taskIds]}::uuid[]) and current group by task_id, state`.execute(db);
  const byTask = new Map<string, Partial<Record<HostRunState, number>>>();
  for (const row of rows) byTask.set(row.task_id, { ...byTask.get(row.task_id), [row.state]: row.hosts });
  return new Map([...byTask].map(([taskId, byState]) => [taskId, countByGroup(byState)]));
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
