export { task } from './tasks/task.workflow.ts';
