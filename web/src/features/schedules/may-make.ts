import { session } from '#web/lib/session/session.svelte.ts';

/** Whether there may be a place where this person may make schedules: everywhere, or by a role on some node. */
export function mayMakeSchedules(): boolean {
  return session.allows('schedule.edit') || (session.who?.grants.length ?? 0) > 0;
}
