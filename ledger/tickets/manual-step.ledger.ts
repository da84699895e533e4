import type { Tx } from '#db/database.ts';
import { scopeOf } from '#db/identity/callers.ts';
import { findNode } from '#db/tree/nodes.ts';
import { requireNode } from '#ledger/tree/require-node.ts';
import type { ManualStepPort } from '#domain/tickets/manual-step.kind.ts';

/** Steps for people in the ledger, on one transaction. */
export function manualStepLedger(tx: Tx): ManualStepPort {
  return {
    async requireNode(proposer, fullName) {
      const found = await findNode(tx, fullName, scopeOf(proposer, 'tree.view'));
      const { id, path } = requireNode(proposer.actor, 'task.run', found, 'node');
      return { id, fullName: path };
    },
    async write({ id }, { title, instructions }) {
      await tx
        .insertInto('manual_step')
        .values({ id, title, instructions, state: 'awaiting-approval', note: null, completed_by: null })
        .execute();
    },
    async complete(stepId, { outcome, note, by, now }) {
      await tx
        .updateTable('manual_step')
        .set({ state: outcome, note, completed_by: by, ended_at: now })
        .where('id', '=', stepId)
        .where('state', '=', 'open')
        .execute();
    },
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
    async refuse(stepId) {
      await tx
        .updateTable('manual_step')
        .set((eb) => ({ state: 'refused' as const, ended_at: eb.fn<Date>('ledger_now') }))
        .where('id', '=', stepId)
        .where('state', '=', 'awaiting-approval')
        .execute();
    },
  };
}
