import type { Tx } from '#db/database.ts';
import { type ChangeKinds, createChangeKinds } from '#domain/changes/registry.ts';
import { manualStepLedger } from './manual-step.ledger.ts';
import { taskRunLedger } from './task-run.ledger.ts';

/** All kinds of change, with their effects in this transaction. */
export function changeKinds(tx: Tx): ChangeKinds {
  return createChangeKinds({ taskRun: taskRunLedger(tx), manualStep: manualStepLedger(tx) });
}
