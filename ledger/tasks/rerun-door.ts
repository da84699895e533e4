import type { Tx } from '#db/database.ts';
import { isEndedTicket } from '#domain/tickets/ticket.ts';
import { because, type Reason } from '#domain/reasons.ts';
import { judgeChange } from '#ledger/changes/judge-change.ts';

/**
 * Whether hosts of a task that is there already may be handed out (again): within the open run that its ticket let go,
 * else only where policy lets it happen directly now. The caller holds the task's lock.
 */
export async function rerunFault(tx: Tx, taskId: string): Promise<Reason | undefined> {
  const task = await tx
    .selectFrom('task')
    .leftJoin('ticket', 'ticket.id', 'task.ticket_id')
    .select(['task.ticket_id as ticketId', 'ticket.state'])
    .where('task.id', '=', taskId)
    .executeTakeFirst();
  if (task === undefined) return undefined;
  if (task.ticketId !== null) {
    if (task.state !== null && !isEndedTicket(task.state)) return undefined;
    return because('needs-new-ticket');
  }
  const hosts = await tx
    .selectFrom('host_run')
    .select('machine_id')
    .distinct()
    .where('task_id', '=', taskId)
    .where('machine_id', 'is not', null)
    .execute();
  const machineIds = hosts.flatMap((host) => host.machine_id ?? []);
  const { mode } = await judgeChange(tx, { kind: 'task.run', machineIds, nodeIds: [] });
  switch (mode) {
    case 'direct':
      return undefined;
    case 'ticket':
      return because('needs-approval');
    case 'forbidden':
      return because('change-forbidden', { kind: 'task.run' });
  }
}
