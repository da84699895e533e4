import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import { emitEvent } from '#ledger/kernel/live-events.ts';

/** Binds machines to a node; those bound already stay. Returns how many were new. */
export async function bindMachines(
  tx: Tx,
  nodeId: string,
  machineIds: readonly string[],
  boundBy: string,
): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    insert into node_machine (node_id, machine_id, bound_by)
    select distinct ${nodeId}::bigint, id, ${boundBy} from unnest(${[...machineIds]}::uuid[]) as machine (id)
    order by id on conflict do nothing`.execute(tx);
  if (numAffectedRows > 0n) await emitEvent(tx, 'tree', { id: nodeId, change: 'bound' });
  return Number(numAffectedRows);
}

/** Unbinds machines from a node. Returns how many were bound. */
export async function unbindMachines(tx: Tx, nodeId: string, machineIds: readonly string[]): Promise<number> {
  const { numAffectedRows = 0n } = await sql`
    delete from node_machine where node_id = ${nodeId}::bigint and machine_id = any (${[...machineIds]}::uuid[])`.execute(
    tx,
  );
  if (numAffectedRows > 0n) await emitEvent(tx, 'tree', { id: nodeId, change: 'unbound' });
  return Number(numAffectedRows);
}
