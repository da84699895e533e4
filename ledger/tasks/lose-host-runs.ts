import { sql } from 'kysely';
import type { Database, Tx } from '#db/database.ts';
import { statesBefore } from '#domain/tasks/host-run.ts';
import { resultCodes } from '#domain/tasks/result-codes.ts';

/** A gateway is there while its last heartbeat is younger than this. */
const gatewayAliveSeconds = 10;

/**
 * Runs in flight whose agent no gateway hears, with the moment from which the lease counts, by the ledger's clock alone:
 * since the agent left (or its gateway died), since the hand-out, and since gateways could hear at all; null where no
 * gateway lives, so that nothing is lost then.
 */
const unheard = (taskId: string) => sql`
  select run.id, run.agent_id, agent.revoked_at is not null as revoked,
         case when alive.since is not null then greatest(
           case when agent.gateway_id is null then coalesce(agent.disconnected_at, agent.enrolled_at)
                else coalesce(agent.disconnected_at, gateway.heartbeat_at) end,
           run.dispatched_at, alive.since) end as since
  from host_run as run
  join agent on agent.id = run.agent_id
  left join gateway on gateway.id = agent.gateway_id
  cross join (select min(up_since) as since from gateway
              where heartbeat_at > ledger_now() - make_interval(secs => ${gatewayAliveSeconds})) as alive
  where run.task_id = ${taskId}::uuid and run.current and run.state = any(${[...statesBefore('lose')]}::text[])
    and (agent.revoked_at is not null or agent.disconnected_at is not null or agent.gateway_id is null
         or gateway.heartbeat_at <= ledger_now() - make_interval(secs => ${gatewayAliveSeconds}))`;

/** Marks as lost what was unheard for longer than the lease, and at once what a revoked agent holds. Returns how many. */
export async function loseHostRuns(tx: Tx, taskId: string, leaseMs: number): Promise<number> {
  const due = sql`select id, agent_id, revoked from (${unheard(taskId)}) as unheard
    where revoked or ledger_now() > since + make_interval(secs => ${leaseMs / 1000})`;
  // The agent's row is held while its runs are lost: a session that begins now comes before or after, not in between.
  const { rows } = await sql<{ id: string }>`
    select id from agent where id in (select agent_id from (${due}) as due) order by id for no key update`.execute(tx);
  if (rows.length === 0) return 0;
  const lost = await sql`
    update host_run as run set state = 'lost', finished_at = ledger_now(),
           code = case when due.revoked then ${resultCodes.agentRevoked}::int else ${resultCodes.leaseExpired}::int end
    from (${due}) as due
    where run.id = due.id and run.agent_id = any(${rows.map((row) => row.id)}::uuid[])
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
