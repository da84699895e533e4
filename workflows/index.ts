export { task } from './tasks/task.workflow.ts';
export { ticket } from './tickets/ticket.workflow.ts';
