import type { Tx } from '#db/database.ts';
import { Problem } from '#domain/errors.ts';
import type { TaskCounts } from '#domain/tasks/host-run.ts';
import { countSubmitted } from '#domain/tasks/submitted-host.ts';
import { because } from '#domain/reasons.ts';
import { insertTaskParts, type SubmittedTask } from './submit-task.ts';
import { lockTask } from './lock-task.ts';
import { record } from './record.ts';

/**
 * Puts other content in place of what a task was submitted with, while it waits for its ticket; its id stays. Throws
 * `not-in-this-state` once it was let go or refused.
 */
export async function replaceTaskContent(
  tx: Tx,
  taskId: string,
  content: Pick<SubmittedTask, 'title' | 'payload' | 'strategy' | 'hosts' | 'nodes'>,
): Promise<TaskCounts> {
  const task = await lockTask(tx, taskId);
  if (task.state !== 'awaiting-approval') {
    throw new Problem('not-in-this-state', because('content-is-fixed', { state: task.state }));
  }
  const counts = countSubmitted(content.hosts);
  await tx.deleteFrom('host_run').where('task_id', '=', taskId).execute();
  await tx.deleteFrom('task_target').where('task_id', '=', taskId).execute();
  await tx.deleteFrom('task_node').where('task_id', '=', taskId).execute();
  await tx
    .updateTable('task')
    .set({
      title: content.title,
      payload: JSON.stringify(content.payload),
      strategy: JSON.stringify(content.strategy),
      nodes: content.nodes.map((node) => node.fullName),
      counts: JSON.stringify(counts),
    })
    .where('id', '=', taskId)
    .execute();
  await insertTaskParts(tx, { id: taskId, nodes: content.nodes, hosts: content.hosts });
  await record(tx, task, {
    story: [{ kind: 'resubmitted', actor: task.requester, details: { hosts: counts.total } }],
    listed: task.state,
    shown: { state: task.state, counts },
  });
  return counts;
}
