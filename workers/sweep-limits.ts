import type { Client } from '@temporalio/client';
import type { Database } from '#db/database.ts';
import type { Logger } from '#platform/logging.ts';

/** What every part of a sweep works with. */
export interface SweeperDeps {
  readonly db: Database;
  readonly client: Client;
  readonly logger: Logger;
}

/** When what the ledger holds counts as not heard of, and how much of it one sweep takes up; the rest waits for the next. */
export interface SweepLimits {
  readonly newMs: number;
  readonly stalledMs: number;
  readonly operationMs: number;
  readonly batch: number;
}
