import { withApplicationFailures } from '#activities/application-failure.ts';
import type { Database } from '#db/database.ts';
import type { ScheduleActivities } from '#domain/schedules/ports.ts';
import type { Firing, Started } from '#ledger/schedules/fire.ts';
import type { Logger } from '#platform/logging.ts';

/** What the firing workflow needs of the ledger. `start` starts the workflow of what was let go, as soon as it may. */
export function createScheduleActivities(deps: {
  db: Database;
  firing: Firing;
  start: (started: Started) => void;
  logger?: Logger;
}): ScheduleActivities {
  return {
    fireSchedule: withApplicationFailures(async ({ scheduleId, dueAt }) => {
      const { state, reason, started } = await deps.firing.fire(deps.db, { scheduleId, dueAt: new Date(dueAt) });
      if (started !== undefined) deps.start(started);
      const facts = { scheduleId, dueAt, state, reason, started };
      if (state === 'not-due') deps.logger?.warn(facts, 'a schedule is not due at the time at which Temporal fired it');
      else deps.logger?.info(facts, 'schedule fired');
      return { state };
    }),
  };
}
