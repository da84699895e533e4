import type { Database } from '#db/database.ts';
import type { Durable } from '#ledger/kernel/durable.ts';
import { findRequestedOperations } from '#ledger/kernel/operations.ts';
import type { Logger } from '#platform/logging.ts';
import type { WorkflowSender } from '#platform/workflow-starter.ts';
import type { DurableName } from '#domain/names.ts';
import { nudgeSignal } from '#workflows/kernel/durable.messages.ts';
import type { Lane } from './lane.ts';

/** How much one round takes up; the rest waits for the next. */
const batch = 100;

/** When what the ledger holds counts as not heard of. */
export interface LaneLimits {
  readonly everyMs: number;
  readonly stalledMs: number;
  readonly dueMs: number;
  readonly operationMs: number;
}

/** Sends on what the ledger holds of one noun and Temporal has not heard of: subjects to start or wake, then operations to carry out. */
export function durableLane(
  deps: { readonly db: Database; readonly sender: WorkflowSender<DurableName>; readonly logger: Logger },
  { noun, claim }: Durable,
  { everyMs, stalledMs, dueMs, operationMs }: LaneLimits,
): Lane {
  const { db, sender, logger } = deps;

  async function start(stopping: AbortSignal): Promise<void> {
    for (const id of await claim(db, { newMs: everyMs, stalledMs, dueMs, limit: batch })) {
      if (stopping.aborted) return;
      await sender.start(noun, id, { signal: nudgeSignal });
      logger.info({ noun, id }, 'started or woke a workflow that nobody had started, or that stood still');
    }
  }

  async function sendOperations(stopping: AbortSignal): Promise<void> {
    for (const { id: operationId, subjectId: id, action } of await findRequestedOperations(
      db,
      noun,
      operationMs,
      batch,
    )) {
      if (stopping.aborted) return;
      await sender
        .send(noun, { id, operationId, action })
        .catch((error: unknown) => logger.warn({ err: error, noun, id, operationId }, 'operation not sent'));
    }
  }

  return {
    name: noun,
    everyMs,
    async round(stopping) {
      // What cannot be started holds up no operation.
      await start(stopping).catch((error: unknown) => logger.warn({ err: error, noun }, 'workflows not started'));
      await sendOperations(stopping);
    },
  };
}
