import type { Client } from '@temporalio/client';
import type { Databases } from '#db/database.ts';
import { pruneEvents } from '#ledger/kernel/live-events.ts';
import { pruneIdempotencyKeys } from '#ledger/kernel/idempotency.ts';
import { durables, firing } from '#ledger/rooms.ts';
import type { Started } from '#ledger/schedules/fire.ts';
import type { Logger } from '#platform/logging.ts';
import { createTemporalSchedules } from '#platform/temporal-schedules.ts';
import { createWorkflowSender, type WorkflowSender } from '#platform/workflow-starter.ts';
import { durableMessages } from '#workflows/rooms.ts';
import { durableLane } from './durable-lane.ts';
import type { Lane } from './lane.ts';
import { scheduleLane } from './schedules/schedule-lane.ts';

export interface SweepOptions {
  readonly intervalMs?: number;
  /** An open subject at which nobody has looked so long after somebody should have gets its workflow started (again). */
  readonly stalledMs?: number;
  /** One that was to be woken, and at which nobody has looked so long after, is woken (again). */
  readonly dueMs?: number;
  /** An operation that is not handled after this is sent (again). */
  readonly operationMs?: number;
  /** Temporal's Schedules are compared with the ledger's so often. */
  readonly compareMs?: number;
}

const pruneEveryMs = 60_000;

/** All that the sweeper of a worker does: a lane for every noun that a workflow carries, and one that forgets what is old. */
export function sweepLanes(
  { db, maintenance, client, logger }: Databases & { readonly client: Client; readonly logger: Logger },
  {
    intervalMs = 2_000,
    stalledMs = 90_000,
    dueMs = 5_000,
    operationMs = 2_000,
    compareMs = 300_000,
  }: SweepOptions = {},
): Lane[] {
  const sender = createWorkflowSender(client, durableMessages);
  const limits = { everyMs: intervalMs, stalledMs, dueMs, operationMs };
  return [
    ...Object.values(durables).map((durable) => durableLane({ db, sender, logger }, durable, limits)),
    scheduleLane(
      { db, firing, temporal: createTemporalSchedules(client), start: startWith(sender, logger), logger },
      { everyMs: intervalMs, compareMs },
    ),
    {
      name: 'prune',
      everyMs: pruneEveryMs,
      async round() {
        await pruneEvents(maintenance);
        await pruneIdempotencyKeys(maintenance);
      },
    },
  ];
}

/** Starts what a firing let go without waiting for it: where that fails, the lane of its noun does it. */
export function startWith(sender: WorkflowSender<Started['noun']>, logger: Logger): (started: Started) => void {
  return ({ noun, id }) => {
    sender.start(noun, id).catch((error: unknown) => logger.warn({ err: error, noun, id }, 'not started at once'));
  };
}
