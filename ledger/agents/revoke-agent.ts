import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import { emitEvent } from '#ledger/kernel/live-events.ts';

/** Channel on which gateways hear of a revocation; the payload is the agent's id. */
export const revokedChannel = 'signalbox_agent_revoked';

/**
 * Revokes an agent for good and tells the gateways (they cut its session within 5 s; its runs become lost at the next
 * advance). Undefined where there is none or it was revoked before. The audit row is the caller's.
 */
export async function revokeAgent(
  tx: Tx,
  id: string,
): Promise<{ id: string; name: string; machineId: string } | undefined> {
  const row = await tx
    .updateTable('agent')
    .set({ revoked_at: sql`ledger_now()`, disconnected_at: sql`coalesce(disconnected_at, ledger_now())` })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .returning(['id', 'name', 'machine_id as machineId'])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  await sql`select pg_notify(${revokedChannel}, ${id})`.execute(tx);
  await emitEvent(tx, 'agents', { id, state: 'revoked' });
  return row;
}
