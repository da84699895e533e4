import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import { nodesOfMachine } from '#db/tree/bindings.ts';
import type { AuditOrigin } from '#ledger/audit/audit.ts';
import { record } from './record.ts';

/** Channel on which gateways hear of a revocation; the payload is the agent's id. */
export const revokedChannel = 'signalbox_agent_revoked';

/**
 * Revokes an agent for good and tells the gateways (they cut its session within 5 s; its runs become lost at the next
 * advance). Undefined where there is none or it was revoked before. Without `by` it is part of something else that is audited.
 */
export async function revokeAgent(
  tx: Tx,
  id: string,
  by?: AuditOrigin,
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
  const details = { id };
  const nodes = await nodesOfMachine(tx, row.machineId);
  await record(tx, row, {
    state: 'revoked',
    audit: by === undefined ? undefined : { by, action: 'agent.revoke', nodes, details },
  });
  return row;
}
