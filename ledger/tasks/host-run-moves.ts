import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import { retryableStates, statesBefore } from '#domain/tasks/host-run.ts';
import { resultCodes } from '#domain/tasks/result-codes.ts';
import { type CommandNumber, takeCommandNumbers } from './command-numbers.ts';
import type { OutstandingCommand } from './delivery.ts';

/**
 * Moves of many host runs at once. All want the task's row locked by the caller; rows that a result has moved in the
 * meantime are left alone. Agents are locked before their runs. Sets travel as arrays, not as chains of subqueries:
 * the planner knows how long an array is, and would join what it takes for one row by loops.
 */
export interface MovedHostRuns {
  readonly hosts: number;
  /** Gateways that hold the agents concerned now. */
  readonly gateways: readonly string[];
}

interface WaitingRun {
  readonly id: string;
  readonly agent_id: string;
}

type NumberedRun<Row extends WaitingRun> = Row & CommandNumber & { readonly agentId: string };

const states = (list: readonly string[]): RawBuilder<string[]> => sql`${[...list]}::text[]`;

/** The one state that hosts are handed out from: with a single one, an index has them in their order. */
const [handedOutFrom, ...none] = statesBefore('dispatch');
if (handedOutFrom === undefined || none.length > 0) throw new Error('Hosts are handed out from one state');

/** Hosts that were handed out, with the commands that go to their agents. */
export interface HandedOut extends MovedHostRuns {
  /** In the order of hand-out; each with the gateway that holds its agent now, or null. */
  readonly commands: readonly (OutstandingCommand & { readonly gatewayId: string | null })[];
  /** The first place behind them. */
  readonly nextOrd: number;
}

/**
 * Hands out the next hosts in their order, from the place `from` on: each gets the next number of its agent, and the
 * agent's spool. Their rows get the task's present `step`.
 */
export async function handOutHostRuns(
  tx: Tx,
  taskId: string,
  step: number,
  { limit, from = 0 }: { readonly limit: number; readonly from?: number },
): Promise<HandedOut> {
  // First the runs, by the index that has them in their order, whatever the statistics say of a task that has just begun.
  // A machine that enrolled anew since the task was submitted has another agent by now.
  const { rows } = await sql<{ id: string; agent_id: string; ord: number; attempt: number }>`
    select run.id, run.ord, run.attempt, coalesce(present.id, run.agent_id) as agent_id
    from (select id, ord, attempt, machine_id, agent_id from host_run
          where task_id = ${taskId}::uuid and current and state = ${handedOutFrom} and ord >= ${from}
          order by ord limit ${limit}) as run
    left join agent as present on present.machine_id = run.machine_id and present.revoked_at is null
    where coalesce(present.id, run.agent_id) is not null
    order by run.ord`.execute(tx);
  const runs = await number(tx, rows);
  // Nobody else moves a waiting run while the task is locked.
  await sql`
    update host_run as run set state = 'dispatched', step = ${step}, seq = given.seq, agent_id = given.agent_id,
           spool_id = given.spool_id, dispatched_at = ledger_now()
    from unnest(${runs.map((run) => run.id)}::uuid[], ${runs.map((run) => run.seq)}::bigint[],
                ${runs.map((run) => run.agentId)}::uuid[], ${runs.map((run) => run.spoolId)}::text[])
         as given (id, seq, agent_id, spool_id)
    where run.id = given.id`.execute(tx);
  return {
    hosts: runs.length,
    gateways: gatewaysOf(runs),
    commands: runs.map(({ id: runId, agentId, seq, attempt, gatewayId }) => {
      return { kind: 'run', taskId, runId, agentId, seq, attempt, gatewayId };
    }),
    nextOrd: (rows.at(-1)?.ord ?? from) + 1,
  };
}

/** Withdraws every host that was not handed out yet. */
export async function revokeWaitingHostRuns(
  tx: Tx,
  taskId: string,
  code: 'revokedBeforeStart' | 'stoppedByErrorStrategy',
): Promise<number> {
  const result = await sql`
    update host_run set state = 'revoked', code = ${resultCodes[code]}, finished_at = ledger_now()
    where task_id = ${taskId}::uuid and current and state = any(${states(statesBefore('revoke'))})`.execute(tx);
  return Number(result.numAffectedRows ?? 0);
}

/** Asks for the end of every run in flight. Each kill takes the agent's next number. */
export async function killHostRunsInFlight(tx: Tx, taskId: string): Promise<MovedHostRuns> {
  const { rows } = await sql<{ id: string; agent_id: string }>`
    select id, agent_id from host_run
    where task_id = ${taskId}::uuid and current and state = any(${states(statesBefore('kill'))}) order by ord`.execute(
    tx,
  );
  const runs = await number(tx, rows);
  // In the order of ids, as results are written, and only what no result has ended since.
  await sql`
    select id from host_run where id = any(${runs.map((run) => run.id)}::uuid[]) order by id for no key update`.execute(
    tx,
  );
  const moved = await sql`
    update host_run as run set state = 'killing', kill_seq = given.seq
    from unnest(${runs.map((run) => run.id)}::uuid[], ${runs.map((run) => run.seq)}::bigint[]) as given (id, seq)
    where run.id = given.id and run.state = any(${states(statesBefore('kill'))})`.execute(tx);
  return { hosts: Number(moved.numAffectedRows ?? 0), gateways: gatewaysOf(runs) };
}

/**
 * Gives every host that `retry-failed` runs again a new attempt that waits. A lost attempt that may still lie on its
 * agent is revoked first, under a number below any that the new attempt can get. Left out are hosts without an agent.
 */
export async function renewHostRuns(tx: Tx, taskId: string): Promise<MovedHostRuns> {
  const renewable = sql`run.task_id = ${taskId}::uuid and run.current and run.state = any(${states(retryableStates)})
    and exists (select 1 from agent where agent.machine_id = run.machine_id and agent.revoked_at is null)`;
  const { rows } = await sql<{ id: string; agent_id: string }>`
    select run.id, run.agent_id from host_run as run join agent as holder on holder.id = run.agent_id
    where ${renewable} and run.state = 'lost' and run.seq is not null and run.reported_at is null
      and holder.revoked_at is null
    order by run.ord`.execute(tx);
  const revoked = await number(tx, rows);
  await sql`
    update host_run as run set revoke_seq = given.seq
    from unnest(${revoked.map((run) => run.id)}::uuid[], ${revoked.map((run) => run.seq)}::bigint[]) as given (id, seq)
    where run.id = given.id`.execute(tx);
  const renewed = await sql`
    with old as (update host_run as run set current = false where ${renewable} returning run.*)
    insert into host_run (task_id, ord, attempt, host, address, machine_id, agent_id, state)
    select old.task_id, old.ord, old.attempt + 1, old.host, old.address, old.machine_id, present.id, 'ready'
    from old join agent as present on present.machine_id = old.machine_id and present.revoked_at is null
    order by old.ord`.execute(tx);
  return { hosts: Number(renewed.numAffectedRows ?? 0), gateways: gatewaysOf(revoked) };
}

async function number<Row extends WaitingRun>(tx: Tx, rows: readonly Row[]): Promise<NumberedRun<Row>[]> {
  const numbers = await takeCommandNumbers(
    tx,
    rows.map((row) => row.agent_id),
  );
  return rows.flatMap((row, index) => {
    const given = numbers[index];
    return given === undefined ? [] : [{ ...row, ...given, agentId: row.agent_id }];
  });
}

function gatewaysOf(runs: readonly CommandNumber[]): string[] {
  return [...new Set(runs.flatMap((run) => run.gatewayId ?? []))].sort();
}
