import type { Tx } from '#db/database.ts';
import { type ChangeKinds, createChangeKinds } from '#domain/changes/registry.ts';
import { manualStepLedger } from '#ledger/tickets/manual-step.ledger.ts';
import { taskRunLedger } from '#ledger/tasks/task-run.ledger.ts';

/** All kinds of change, with their effects in this transaction. */
export function changeKinds(tx: Tx): ChangeKinds {
  return createChangeKinds({ taskRun: taskRunLedger(tx), manualStep: manualStepLedger(tx) });
}
