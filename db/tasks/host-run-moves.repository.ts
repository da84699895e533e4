import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import { retryableStates, statesBefore } from '#domain/tasks/host-run.ts';
import { describeResultCode, resultCodes } from '#domain/tasks/result-codes.ts';

/**
 * Moves of many host runs at once. All want the task's row locked by the caller; rows that a result has moved in the
 * meantime are left alone. Agents are locked before their runs and in the order of their ids, as everywhere.
 */
const states = (list: readonly string[]): RawBuilder<string[]> => sql`${[...list]}::text[]`;

/** Hands out the next hosts in their order: a number from each agent's counter, and its spool. Returns how many, and the gateways that hold them now. */
export async function handOutHostRuns(
  tx: Tx,
  taskId: string,
  step: number,
  limit: number,
): Promise<{ hosts: number; gateways: string[] }> {
  // A machine that enrolled anew since it was submitted has another agent by now.
  const { rows } = await sql<{ gateway_id: string | null; hosts: number }>`
    with next as materialized (
      select run.id, run.ord, coalesce(present.id, run.agent_id) as agent_id
      from host_run as run left join agent as present on present.machine_id = run.machine_id and present.revoked_at is null
      where run.task_id = ${taskId}::uuid and run.current and run.state = any(${states(statesBefore('dispatch'))})
      order by run.ord limit ${limit}),
    locked as materialized (
      select id, next_seq, spool_id, case when disconnected_at is null then gateway_id end as gateway_id
      from agent where id in (select agent_id from next) order by id for no key update),
    numbered as materialized (
      select next.id, next.agent_id, locked.spool_id, locked.gateway_id,
             locked.next_seq + row_number() over (partition by next.agent_id order by next.ord) - 1 as seq
      from next join locked on locked.id = next.agent_id),
    counted as (
      update agent set next_seq = agent.next_seq + taken.numbers
      from (select agent_id, count(*) as numbers from numbered group by agent_id) as taken where agent.id = taken.agent_id),
    moved as (
      update host_run as run set state = 'dispatched', step = ${step}, seq = numbered.seq, agent_id = numbered.agent_id,
             spool_id = numbered.spool_id, dispatched_at = clock_timestamp()
      from numbered where run.id = numbered.id and run.state = any(${states(statesBefore('dispatch'))})
      returning numbered.gateway_id)
    select gateway_id, count(*)::int as hosts from moved group by gateway_id`.execute(tx);
  return { hosts: rows.reduce((sum, row) => sum + row.hosts, 0), gateways: gatewaysOf(rows) };
}

/** Withdraws every host that was not handed out yet. */
export async function revokeWaitingHostRuns(
  tx: Tx,
  taskId: string,
  code: 'revokedBeforeStart' | 'stoppedByErrorStrategy',
): Promise<number> {
  const result = await sql`
    update host_run set state = 'revoked', code = ${resultCodes[code]}, reason = ${describeResultCode(resultCodes[code])},
           finished_at = now()
    where task_id = ${taskId}::uuid and current and state = any(${states(statesBefore('revoke'))})`.execute(tx);
  return Number(result.numAffectedRows ?? 0);
}

/** Asks for the end of every run in flight. Each kill takes the agent's next number. */
export async function killHostRunsInFlight(tx: Tx, taskId: string): Promise<{ hosts: number; gateways: string[] }> {
  const { rows } = await sql<{ gateway_id: string | null; hosts: number }>`
    with chosen as materialized (
      select id, ord, agent_id from host_run
      where task_id = ${taskId}::uuid and current and state = any(${states(statesBefore('kill'))})),
    ${numbersFromAgents},
    held as materialized (
      select id from host_run where id in (select id from numbered) and state = any(${states(statesBefore('kill'))})
      order by id for no key update),
    moved as (
      update host_run as run set state = 'killing', kill_seq = numbered.seq
      from held join numbered on numbered.id = held.id where run.id = held.id
      returning numbered.gateway_id)
    select gateway_id, count(*)::int as hosts from moved group by gateway_id`.execute(tx);
  return { hosts: rows.reduce((sum, row) => sum + row.hosts, 0), gateways: gatewaysOf(rows) };
}

/**
 * Gives every host that `retry-failed` runs again a new attempt that waits. A lost attempt that may still lie on its
 * agent is revoked first, under a number below any that the new attempt can get. Left out are hosts without an agent.
 */
export async function renewHostRuns(tx: Tx, taskId: string): Promise<{ hosts: number; gateways: string[] }> {
  const renewable = sql`run.task_id = ${taskId}::uuid and run.current and run.state = any(${states(retryableStates)})
    and exists (select 1 from agent where agent.machine_id = run.machine_id and agent.revoked_at is null)`;
  const { rows } = await sql<{ gateway_id: string | null }>`
    with chosen as materialized (
      select run.id, run.ord, run.agent_id from host_run as run join agent as holder on holder.id = run.agent_id
      where ${renewable} and run.state = 'lost' and run.seq is not null and run.reported_at is null
        and holder.revoked_at is null),
    ${numbersFromAgents}
    update host_run as run set revoke_seq = numbered.seq from numbered where run.id = numbered.id
    returning numbered.gateway_id`.execute(tx);
  await sql`update host_run as run set current = false where ${renewable}`.execute(tx);
  const renewed = await sql`
    insert into host_run (task_id, ord, attempt, host, address, machine_id, agent_id, state)
    select distinct on (old.ord) old.task_id, old.ord, old.attempt + 1, old.host, old.address, old.machine_id, present.id, 'ready'
    from host_run as old join agent as present on present.machine_id = old.machine_id and present.revoked_at is null
    where old.task_id = ${taskId}::uuid
      and not exists (select 1 from host_run as other where other.task_id = old.task_id and other.ord = old.ord and other.current)
    order by old.ord, old.attempt desc`.execute(tx);
  return { hosts: Number(renewed.numAffectedRows ?? 0), gateways: gatewaysOf(rows) };
}

/** From `chosen (id, ord, agent_id)`: the numbers that their agents give (`numbered`), agents locked in order. */
const numbersFromAgents = sql`
    locked as materialized (
      select id, next_seq, case when disconnected_at is null then gateway_id end as gateway_id
      from agent where id in (select agent_id from chosen) order by id for no key update),
    numbered as materialized (
      select chosen.id, locked.gateway_id,
             locked.next_seq + row_number() over (partition by chosen.agent_id order by chosen.ord) - 1 as seq
      from chosen join locked on locked.id = chosen.agent_id),
    counted as (
      update agent set next_seq = agent.next_seq + taken.numbers
      from (select chosen.agent_id, count(*) as numbers from chosen group by chosen.agent_id) as taken
      where agent.id = taken.agent_id)`;

function gatewaysOf(rows: readonly { gateway_id: string | null }[]): string[] {
  return [...new Set(rows.flatMap((row) => row.gateway_id ?? []))].sort();
}
