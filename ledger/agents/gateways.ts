import { sql } from 'kysely';
import type { Database, Tx } from '#db/database.ts';

/** Gateways whose heartbeat is older than this are away: what they hold is not connected. */
const awaySeconds = 30;
/** A gap in the heartbeat longer than this makes leases start anew. */
const gapSeconds = 10;

/** Enters a gateway that starts; sessions left over from its own crash end now. Returns how many there were. */
export async function registerGateway(tx: Tx, id: string, address: string): Promise<number> {
  await tx
    .insertInto('gateway')
    .values({ id, address })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({ address, up_since: sql`ledger_now()`, heartbeat_at: sql`ledger_now()` }),
    )
    .execute();
  const { numUpdatedRows } = await tx
    .updateTable('agent')
    .set({ disconnected_at: sql`ledger_now()` })
    .where('gateway_id', '=', id)
    .where('disconnected_at', 'is', null)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Says that the gateway lives. `gap`: it had not said so for over 10 s, so leases count from now. */
export async function beatGateway(db: Database, id: string, address: string): Promise<{ gap: boolean }> {
  const { rows } = await sql<{ gap: boolean }>`
    with last as materialized (
      select id, heartbeat_at < ledger_now() - make_interval(secs => ${gapSeconds}) as gap from gateway where id = ${id} for no key update)
    update gateway g set heartbeat_at = ledger_now(), address = ${address}, up_since = case when last.gap then ledger_now() else g.up_since end
    from last where g.id = last.id returning last.gap`.execute(db);
  const [row] = rows;
  if (row !== undefined) return row;
  await db
    .insertInto('gateway')
    .values({ id, address })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return { gap: true };
}

/** A gateway that has stopped is told to nobody any more. */
export async function retireGateway(db: Database, id: string): Promise<void> {
  await db
    .updateTable('gateway')
    .set({ heartbeat_at: sql`to_timestamp(0)` })
    .where('id', '=', id)
    .execute();
}

/** host:port of every gateway that lives now, the oldest first. */
export async function listGatewayAddresses(db: Database): Promise<string[]> {
  const rows = await db
    .selectFrom('gateway')
    .select('address')
    .where(sql<boolean>`heartbeat_at > ledger_now() - make_interval(secs => ${gapSeconds})`)
    .orderBy('id')
    .execute();
  return rows.map((row) => row.address);
}

/**
 * Ends the sessions of gateways that are away (a live gateway does this for dead ones). A gateway that itself was not
 * heard of until a moment ago does nothing: what was away then was the ledger. Returns the agents concerned.
 */
export async function releaseAgentsOfDeadGateways(db: Database, observerId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update agent set disconnected_at = ledger_now()
    where id in (
      select a.id from agent a join gateway g on g.id = a.gateway_id
      where a.disconnected_at is null and a.connected_at is not null and g.heartbeat_at < ledger_now() - make_interval(secs => ${awaySeconds})
        and exists (select 1 from gateway me where me.id = ${observerId} and me.up_since < ledger_now() - make_interval(secs => ${awaySeconds}))
      order by a.id for no key update of a skip locked)
    returning id`.execute(db);
  return rows.map((row) => row.id);
}
