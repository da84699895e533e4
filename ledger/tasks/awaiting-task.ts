import type { Tx } from '#db/database.ts';
import { tallyHostRuns } from '#db/tasks/host-run-counts.ts';
import { revokeWaitingHostRuns } from './host-run-moves.ts';
import { lockTask } from './lock-task.ts';
import { record } from './record.ts';
import type { Reason } from '#domain/reasons.ts';

/** Lets a task go that waits for its ticket: from the commit on its workflow may start. Any other task stays as it is. */
export async function releaseTask(tx: Tx, taskId: string): Promise<void> {
  const task = await lockTask(tx, taskId);
  if (task.state !== 'awaiting-approval') return;
  await tx
    .updateTable('task')
    .set((eb) => ({ state: 'submitted' as const, recheck_at: eb.ref('created_at') }))
    .where('id', '=', taskId)
    .execute();
  await record(tx, task, {
    story: [{ kind: 'approved', details: { ticketId: task.ticketId } }],
    listed: 'submitted',
    shown: { state: 'submitted', counts: task.counts },
  });
}

/** A task that waits for its ticket will never run: its waiting hosts are revoked. Any other task stays as it is. */
export async function refuseTask(tx: Tx, taskId: string, reason: Reason): Promise<void> {
  const task = await lockTask(tx, taskId);
  if (task.state !== 'awaiting-approval') return;
  await revokeWaitingHostRuns(tx, taskId, 'revokedBeforeStart');
  const { counts } = await tallyHostRuns(tx, taskId);
  await tx
    .updateTable('task')
    .set((eb) => ({ state: 'refused' as const, counts: JSON.stringify(counts), ended_at: eb.fn<Date>('ledger_now') }))
    .where('id', '=', taskId)
    .execute();
  await record(tx, task, {
    story: [{ kind: 'refused', details: { reason, ticketId: task.ticketId } }],
    listed: 'refused',
    shown: { state: 'refused', counts },
  });
}
