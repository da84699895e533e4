import type { Tx } from '#db/database.ts';
import type { ManualStepPort } from '#domain/tickets/manual-step.kind.ts';

/** Steps for people in the ledger, on one transaction. */
export function manualStepLedger(tx: Tx): ManualStepPort {
  return {
    async read(stepId) {
      const row = await tx
        .selectFrom('manual_step')
        .select(['title', 'instructions', 'state', 'note', 'completed_by'])
        .where('id', '=', stepId)
        .forNoKeyUpdate()
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const { title, instructions, state, note, completed_by: completedBy } = row;
      return { title, instructions, state, note, completedBy };
    },
    async open(stepId) {
      await tx
        .updateTable('manual_step')
        .set({ state: 'open' })
        .where('id', '=', stepId)
        .where('state', '=', 'awaiting-approval')
        .execute();
    },
    async refuse(stepId, reason) {
      await tx
        .updateTable('manual_step')
        .set((eb) => ({ state: 'refused' as const, note: reason, ended_at: eb.fn<Date>('now') }))
        .where('id', '=', stepId)
        .where('state', '=', 'awaiting-approval')
        .execute();
    },
  };
}

/** Writes a step down; it waits for its ticket, which lets it go at once where policy asks nobody. */
export async function insertManualStep(
  tx: Tx,
  step: { id: string; title: string; instructions: string },
): Promise<void> {
  await tx
    .insertInto('manual_step')
    .values({ ...step, state: 'awaiting-approval', note: null, completed_by: null })
    .execute();
}
