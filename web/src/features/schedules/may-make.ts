import { scheduleNames } from '#domain/schedules/names.ts';
import { session } from '#web/lib/session/session.svelte.ts';

const roles: readonly string[] = scheduleNames.actions['schedule.edit'].nodeRoles;

/** Whether there is a place where this person may make schedules: everywhere, or by a role on some node. */
export function mayMakeSchedules(): boolean {
  return session.allows('schedule.edit') || (session.who?.grants.some(({ role }) => roles.includes(role)) ?? false);
}
