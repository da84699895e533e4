import type { Subject } from '#api/kernel/http/subject.ts';
import { findScheduleAccess, type ScheduleAccess } from '#db/schedules/schedules.ts';
import { can } from '#domain/identity/permissions.ts';

/** By a role, or by one on its node; its owner always sees it. */
export const scheduleSubject: Subject<ScheduleAccess> = {
  find: findScheduleAccess,
  mayView: (actor, { nodeIds, ownerId }) => actor.id === ownerId || can(actor, 'schedule.view', nodeIds),
  mayAct: (actor, action, { nodeIds, ownerId }) =>
    action === 'schedule.view' ? actor.id === ownerId || can(actor, action, nodeIds) : can(actor, action, nodeIds),
};
