export { firing } from './schedules/firing.workflow.ts';
export { task } from './tasks/task.workflow.ts';
export { ticket } from './tickets/ticket.workflow.ts';
