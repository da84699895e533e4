import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import { emitEvent } from '#ledger/kernel/live-events.ts';

/** Marks messages of this user as read, these or all; whose they are not, they stay as they are. How many it marked. */
export async function markRead(tx: Tx, userId: string, ids: readonly string[] | 'all'): Promise<number> {
  const { numUpdatedRows } = await tx
    .updateTable('notification')
    .set({ read_at: sql<Date>`ledger_now()` })
    .where('user_id', '=', userId)
    .where('read_at', 'is', null)
    .$if(ids !== 'all', (update) => update.where('id', 'in', [...(ids as readonly string[])]))
    .executeTakeFirst();
  const marked = Number(numUpdatedRows);
  if (marked > 0) await emitEvent(tx, `inbox:${userId}`, { kind: 'read' });
  return marked;
}
