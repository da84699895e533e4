import type { Database } from '#db/database.ts';
import { controlTaskQueue } from '#domain/durables.ts';
import { firingWorkflowId, temporalScheduleId } from '#domain/schedules/ports.ts';
import type { Firing, Started } from '#ledger/schedules/fire.ts';
import {
  findStartable,
  findUnsent,
  markSent,
  resendUnknown,
  type UnsentSchedule,
} from '#ledger/schedules/sent-schedules.ts';
import type { Logger } from '#platform/logging.ts';
import type { TemporalSchedules, WantedSchedule } from '#platform/temporal-schedules.ts';
import type { Lane } from '../lane.ts';

/** How much one round takes up; the rest waits for the next. */
const batch = 100;
const prefix = temporalScheduleId('');

export interface ScheduleLaneDeps {
  readonly db: Database;
  readonly firing: Firing;
  readonly temporal: TemporalSchedules;
  readonly start: (started: Started) => void;
  readonly logger: Logger;
}

/**
 * Starts firings that waited for the one before, and makes Temporal's Schedules what the ledger says: at once where one was
 * edited, and every `compareMs` all of them, should Temporal have lost or changed some.
 */
export function scheduleLane(
  { db, firing, temporal, start, logger }: ScheduleLaneDeps,
  { everyMs, compareMs }: { readonly everyMs: number; readonly compareMs: number },
): Lane {
  let comparedAt = -Infinity;

  async function startQueued(stopping: AbortSignal): Promise<void> {
    for (const due of await findStartable(db, batch)) {
      if (stopping.aborted) return;
      const fired = await firing.startQueued(db, due);
      if (fired?.started !== undefined) start(fired.started);
      if (fired !== undefined) logger.info({ ...due, ...fired }, 'a firing that waited was taken up');
    }
  }

  async function compare(): Promise<void> {
    if (performance.now() - comparedAt < compareMs) return;
    const known = new Map<string, number>();
    for (const [id, version] of await temporal.versions(prefix)) {
      const own = id.slice(prefix.length);
      if (/^[0-9a-f-]{36}$/.test(own)) known.set(own, version);
    }
    const again = await resendUnknown(db, known);
    if (again > 0)
      logger.warn({ schedules: again }, 'Temporal did not have these schedules as they are; it is told again');
    comparedAt = performance.now();
  }

  async function send(stopping: AbortSignal): Promise<void> {
    for (const schedule of await findUnsent(db, batch)) {
      if (stopping.aborted) return;
      if (schedule.deleted) await temporal.remove(temporalScheduleId(schedule.id));
      else await temporal.put(wanted(schedule));
      await markSent(db, schedule);
    }
  }

  return {
    name: 'schedules',
    everyMs,
    async round(stopping) {
      // Temporal may be away: what waits is started all the same.
      await startQueued(stopping);
      await compare();
      await send(stopping);
    },
  };
}

function wanted({ id, deleted: _, ...schedule }: UnsentSchedule): WantedSchedule {
  const action = {
    workflowType: 'firing',
    workflowId: firingWorkflowId(id),
    taskQueue: controlTaskQueue,
    args: [{ scheduleId: id }],
  };
  return { ...schedule, id: temporalScheduleId(id), action };
}
