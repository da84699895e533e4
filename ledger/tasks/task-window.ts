import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import type { WindowDue } from '#domain/tasks/task-window.ts';

/**
 * The window of a task, between two advances. All want the task's row locked by the caller, in a statement of its own, so
 * that the next one sees what was committed before.
 */
export interface OpenedWindow {
  readonly open: boolean;
  readonly concurrency: number | undefined;
  readonly errorLimit: number;
  readonly leaseMs: number;
}

/** What an advance leaves behind for the gateways; whatever the workflow was woken for has been looked at. */
export async function putWindow(tx: Tx, taskId: string, window: OpenedWindow): Promise<void> {
  const { open, concurrency = null, errorLimit, leaseMs } = window;
  const limit = errorLimit === Infinity ? null : errorLimit;
  await sql`
    insert into task_window (task_id, open, concurrency, error_limit, lease_ms)
    values (${taskId}::uuid, ${open}, ${concurrency}, ${limit}, ${leaseMs})
    on conflict (task_id) do update set open = excluded.open, concurrency = excluded.concurrency,
      error_limit = excluded.error_limit, lease_ms = excluded.lease_ms, due = null, due_at = null, next_ord = 0,
      filled_at = ledger_now(), told_at = ledger_now()`.execute(tx);
}

/** Hands out no further host, from the caller's commit until the next advance opens the window again. */
export async function closeWindow(tx: Tx, taskId: string): Promise<void> {
  await tx.updateTable('task_window').set({ open: false }).where('task_id', '=', taskId).execute();
}

/** What was done in a window. */
export interface WindowNote {
  /** What the workflow has to be woken for; at the error limit no further host is handed out. */
  readonly due?: WindowDue;
  /** Where the next hand-out begins. */
  readonly nextOrd?: number;
  /** Live pages have been told how the task stands. */
  readonly told?: boolean;
}

export async function noteInWindow(tx: Tx, taskId: string, { due, nextOrd, told = false }: WindowNote): Promise<void> {
  await tx
    .updateTable('task_window')
    .set((eb) => ({
      filled_at: eb.fn<Date>('ledger_now'),
      ...(due === undefined ? {} : { due, due_at: eb.fn<Date>('ledger_now') }),
      ...(due === 'errors' ? { open: false } : {}),
      ...(nextOrd === undefined ? {} : { next_ord: nextOrd }),
      ...(told ? { told_at: eb.fn<Date>('ledger_now') } : {}),
    }))
    .where('task_id', '=', taskId)
    .execute();
}

/** A task that has ended has none. */
export async function removeWindow(tx: Tx, taskId: string): Promise<void> {
  await tx.deleteFrom('task_window').where('task_id', '=', taskId).execute();
}
