import { v7 as uuidv7 } from 'uuid';
import type { Tx } from '#db/database.ts';
import { operationFault } from '#domain/tasks/task-operation.ts';
import { audit } from './audit/audit.ts';
import type { KindsOn } from './changes/kinds-on.ts';
import type { EndChange, EndedChange } from './schedules/fire.ts';
import { lockTask } from './tasks/lock-task.ts';
import { createTaskOperation } from './tasks/task-operation.ts';
import { checkTicketOperation } from './tickets/check-operation.ts';
import { createTicketOperation } from './tickets/ticket-operation.ts';

/**
 * Asks for the end of what a schedule has started: its ticket is withdrawn while it waits, else its task is killed. Both are
 * operations like those that people ask for; a sweeper sends them.
 */
export function createEndChange(kindsOn: KindsOn): EndChange {
  return async (tx, change) => {
    if (!(await withdrawTicket(tx, kindsOn, change))) await killTask(tx, change);
  };
}

async function withdrawTicket(tx: Tx, kindsOn: KindsOn, { ticketId, by }: EndedChange): Promise<boolean> {
  if (ticketId === null) return false;
  const actor = { id: by.id, role: 'none' as const };
  const asked = { ticketId, action: 'withdraw', actor } as const;
  const { fault, version, contentHash } = await checkTicketOperation(tx, kindsOn(tx), asked);
  if (fault !== undefined) return false;
  const id = uuidv7();
  await createTicketOperation(tx, { id, ticketId, action: 'withdraw', actor: by, version, contentHash, message: '' });
  audit(tx, { actor: by, action: 'ticket.withdraw', target: ticketId, details: { operationId: id, version } });
  return true;
}

async function killTask(tx: Tx, { subjectId, by }: EndedChange): Promise<void> {
  const task = await lockTask(tx, subjectId);
  if (operationFault('kill', task.state) !== undefined) return;
  const id = uuidv7();
  await createTaskOperation(tx, { id, taskId: subjectId, action: 'kill', actor: by });
  audit(tx, { actor: by, action: 'task.kill', target: subjectId, nodes: task.nodes, details: { operationId: id } });
}
