import { type RawBuilder, sql } from 'kysely';
import type { Database, Tx } from '#db/database.ts';
import { inFlightStates, statesBefore } from '#domain/tasks/host-run.ts';
import { resultCodes } from '#domain/tasks/result-codes.ts';

/** A gateway is there while its last heartbeat is younger than this. */
const gatewayAliveSeconds = 10;
const aliveSince = sql`ledger_now() - make_interval(secs => ${sql.lit(gatewayAliveSeconds)})`;

/** Since when gateways could hear at all; null where none lives. */
const alive = sql`(select min(up_since) as since from gateway where heartbeat_at > ${aliveSince})`;

/**
 * The moment from which the lease of a run counts, by the ledger's clock alone: since its agent left (or its gateway died),
 * since the hand-out, and since gateways could hear at all; null where no gateway lives, so that nothing is lost then.
 */
const unheardSince = sql`case when alive.since is not null then greatest(
    case when agent.gateway_id is null then coalesce(agent.disconnected_at, agent.enrolled_at)
         else coalesce(agent.disconnected_at, gateway.heartbeat_at) end,
    run.dispatched_at, alive.since) end`;

/** Runs in flight of a task whose agent no gateway hears. */
const unheard = (taskId: string) => sql`
  select run.id, run.agent_id, agent.revoked_at is not null as revoked, ${unheardSince} as since
  from host_run as run
  join agent on agent.id = run.agent_id
  left join gateway on gateway.id = agent.gateway_id
  cross join ${alive} as alive
  where run.task_id = ${taskId}::uuid and run.current and run.state = any(${[...statesBefore('lose')]}::text[])
    and (agent.revoked_at is not null or agent.disconnected_at is not null or agent.gateway_id is null
         or gateway.heartbeat_at <= ${aliveSince})`;

const isOver = (lease: RawBuilder<unknown>) => sql`revoked or ledger_now() > since + ${lease}`;

/** Marks as lost what was unheard for longer than the lease, and at once what a revoked agent holds. Returns how many. */
export async function loseHostRuns(tx: Tx, taskId: string, leaseMs: number): Promise<number> {
  const due = sql`select id, agent_id, revoked from (${unheard(taskId)}) as unheard
    where ${isOver(sql`make_interval(secs => ${leaseMs / 1000})`)}`;
  // The agent's row is held while its runs are lost: a session that begins now comes before or after, not in between.
  const { rows } = await sql<{ id: string }>`
    select id from agent where id in (select agent_id from (${due}) as due) order by id for no key update`.execute(tx);
  if (rows.length === 0) return 0;
  const agentIds = rows.map((row) => row.id);
  // In the order of ids, as results are written.
  await sql`
    select id from host_run where task_id = ${taskId}::uuid and agent_id = any(${agentIds}::uuid[])
      and state = any(${[...inFlightStates]}::text[])
    order by id for no key update`.execute(tx);
  const lost = await sql`
    update host_run as run set state = 'lost', finished_at = ledger_now(),
           code = case when due.revoked then ${resultCodes.agentRevoked}::int else ${resultCodes.leaseExpired}::int end
    from (${due}) as due
    where run.id = due.id and run.agent_id = any(${agentIds}::uuid[])
      and run.state = any(${[...statesBefore('lose')]}::text[])`.execute(tx);
  return Number(lost.numAffectedRows ?? 0);
}

/** Milliseconds until the next lease of the task runs out; undefined where none is running. */
export async function nextLeaseEndMs(db: Database, taskId: string, leaseMs: number): Promise<number | undefined> {
  const { rows } = await sql<{ ms: number | null }>`
    select (extract(epoch from min(since) - ledger_now()) * 1000 + ${leaseMs})::float8 as ms
    from (${unheard(taskId)}) as unheard`.execute(db);
  return rows[0]?.ms ?? undefined;
}

/**
 * Query for the tasks that hold a run whose lease is over. It goes from the agents that nobody hears to what they hold, so
 * that it costs as much as agents are away, whatever the number of hosts that run.
 */
export const tasksWithLeaseOver = sql`
  select distinct task_id from (
    select run.task_id, held.lease_ms, agent.revoked_at is not null as revoked, ${unheardSince} as since
    from (
      select * from agent where disconnected_at is not null or gateway_id is null
      union all
      select * from agent where disconnected_at is null and revoked_at is null
        and gateway_id in (select id from gateway where heartbeat_at <= ${aliveSince})) as agent
    join host_run as run on run.agent_id = agent.id and run.current
      and run.state in (${sql.join(inFlightStates.map((state) => sql.lit(state)))})
    join task_window as held on held.task_id = run.task_id
    left join gateway on gateway.id = agent.gateway_id
    cross join ${alive} as alive) as unheard
  where ${isOver(sql`make_interval(secs => lease_ms / 1000.0)`)}`;
