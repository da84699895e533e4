import type { Subject } from '#api/kernel/http/subject.ts';
import { findTaskAccess, type TaskAccess } from '#db/tasks/task-access.ts';
import { type Actor, can } from '#domain/identity/permissions.ts';
import type { Action } from '#domain/names.ts';

/** Seen on one of its nodes, by its requester, or by a role; steered on all of its nodes. */
export const taskSubject: Subject<TaskAccess> = {
  find: findTaskAccess,
  mayView: (actor, task) =>
    task.requesterId === actor.id ||
    can(actor, 'task.view') ||
    task.nodes.some((node) => can(actor, 'task.view', node.ids)),
  mayAct: (actor, action, task) => action === 'task.view' || mayOnTask(actor, action, task),
};

/** Whether somebody may steer a task: on all of its nodes. */
export function mayOnTask(actor: Actor, action: Action, task: TaskAccess): boolean {
  return can(actor, action) || (task.nodes.length > 0 && task.nodes.every((node) => can(actor, action, node.ids)));
}
