import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { type CountSum, countSums, tallyOf } from './host-run-counts.ts';
import type { TaskState } from '#domain/tasks/task.ts';
import type { WindowDue, WindowPosition } from '#domain/tasks/task-window.ts';

/** A task's window as it is now. */
export interface TaskWindow extends WindowPosition {
  /** The task's present step. */
  readonly step: number;
  /** No host before this one waits. */
  readonly nextOrd: number;
  /** Milliseconds since live pages last heard how the task stands. */
  readonly toldMsAgo: number;
}

interface WindowRow extends CountSum {
  state: TaskState;
  step: number;
  open: boolean;
  due: WindowDue | null;
  concurrency: number | null;
  error_limit: number | null;
  next_ord: number;
  told_ms_ago: number;
}

/** The window of a task with its counts, in one statement; undefined where the task has none (not begun, or ended). */
export async function readTaskWindow(db: Database, taskId: string): Promise<TaskWindow | undefined> {
  const { rows } = await sql<WindowRow>`
    select task.state, task.step, w.open, w.due, w.concurrency, w.error_limit, w.next_ord,
           (extract(epoch from ledger_now() - w.told_at) * 1000)::float8 as told_ms_ago, counted.*
    from task_window as w join task on task.id = w.task_id
    cross join lateral (select ${countSums} from task_count where task_count.task_id = w.task_id) as counted
    where w.task_id = ${taskId}::uuid`.execute(db);
  const row = rows[0];
  if (row === undefined) return undefined;
  const { counts, errors } = tallyOf(row);
  return {
    state: row.state,
    step: row.step,
    open: row.open,
    due: row.due ?? undefined,
    concurrency: row.concurrency ?? undefined,
    errorLimit: row.error_limit ?? Infinity,
    nextOrd: row.next_ord,
    toldMsAgo: row.told_ms_ago,
    counts,
    errors,
  };
}

/**
 * Tasks in whose window something is to be done that nobody did for a second: whoever should have, died or was held up.
 * Longest forgotten first.
 */
export async function forgottenTaskWindows(db: Database, limit: number): Promise<string[]> {
  const { rows } = await sql<{ task_id: string }>`
    select w.task_id from task_window as w
    cross join lateral (select ${countSums} from task_count where task_count.task_id = w.task_id) as counted
    where w.filled_at < ledger_now() - interval '1 second' and (
      w.due is distinct from 'end' and pending = 0 and running = 0
      or w.due is distinct from 'errors' and pending > 0 and errors >= w.error_limit
      or w.open and pending > 0 and (w.concurrency is null or running < w.concurrency))
    order by w.filled_at limit ${limit}`.execute(db);
  return rows.map((row) => row.task_id);
}
