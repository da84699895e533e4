import type { Logger } from '#platform/logging.ts';
import type { DatabaseHandle } from '#db/database.ts';
import type { KindsOn } from '#ledger/changes/kinds-on.ts';
import type { SealedColumn } from '#ledger/kernel/sealed-column.ts';
import type { Propose } from '#ledger/changes/propose.ts';
import type { Config } from '#platform/config.ts';
import type { TemporalClientHandle } from '#platform/temporal.ts';
import type { EventHub } from '#api/kernel/live/event-hub.ts';
import type { WorkflowStarter } from '#platform/workflow-starter.ts';
import type { durableMessages } from '#workflows/rooms.ts';

/** What handlers work with. */
export interface RouteDeps {
  readonly config: Config;
  readonly database: DatabaseHandle;
  readonly temporal: TemporalClientHandle;
  readonly logger: Logger;
  readonly hub: EventHub;
  /** The one door for every change. */
  readonly propose: Propose;
  readonly kindsOn: KindsOn;
  /** Everything that the key of secrets seals. */
  readonly sealedColumns: readonly SealedColumn[];
  /** Tells Temporal at once of what a transaction has just committed. */
  readonly durables: WorkflowStarter<typeof durableMessages>;
  /** Where people reach the api. */
  readonly publicUrl: string;
  readonly version: string;
}
