import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import type { ChangeOrigin, ChangeState } from '#domain/changes/change-kind.ts';
import type { ChangeKindName } from '#domain/names.ts';

/** Writes the row of a new change. With a ticket it is `proposed`, else it is let go at once. */
export async function insertChangeRow(
  tx: Tx,
  change: {
    id: string;
    kind: ChangeKindName;
    subjectId: string;
    ticketId: string | null;
    proposer: { readonly id: string; readonly name: string };
    origin: ChangeOrigin;
  },
): Promise<void> {
  await tx
    .insertInto('change')
    .values({
      id: change.id,
      kind: change.kind,
      subject_id: change.subjectId,
      ticket_id: change.ticketId,
      proposer_id: change.proposer.id,
      proposer_name: change.proposer.name,
      origin: change.origin,
      state: change.ticketId === null ? 'applying' : 'proposed',
    })
    .execute();
}

/** Moves the change of a subject on; one that is there already stays as it is. The caller holds the subject's lock. */
export async function moveChange(tx: Tx, subjectId: string, state: ChangeState): Promise<void> {
  const ended = state !== 'proposed' && state !== 'applying';
  await tx
    .updateTable('change')
    .set({ state, ended_at: ended ? sql<Date>`ledger_now()` : null })
    .where('subject_id', '=', subjectId)
    .where('state', '<>', state)
    .execute();
}
