import { sql } from 'kysely';
import type { Database, Tx } from '#db/database.ts';
import { inFlightStates, statesBefore } from '#domain/tasks/host-run.ts';
import { resultCodes } from '#domain/tasks/result-codes.ts';
import type { TaskPayload } from '#domain/tasks/task.ts';
import { record } from './record.ts';

/** A command that its agent has not acknowledged. `seq` is its number on that agent. */
export interface OutstandingCommand {
  readonly agentId: string;
  readonly kind: 'run' | 'kill' | 'revoke';
  readonly seq: number;
  readonly runId: string;
  readonly taskId: string;
  readonly attempt: number;
}

interface CommandRow {
  agent_id: string;
  kind: 'run' | 'kill' | 'revoke';
  seq: string;
  id: string;
  task_id: string;
  attempt: number;
}

// A run that is being killed is never sent any more, only its kill.
const runs = sql`select h.agent_id, 'run' as kind, h.seq, h.id, h.task_id, h.attempt from host_run h`;
const runIsOpen = sql`h.state = 'dispatched' and h.acked_at is null and h.seq is not null`;
const kills = sql`select h.agent_id, 'kill' as kind, h.kill_seq as seq, h.id, h.task_id, h.attempt from host_run h`;
const killIsOpen = sql`h.state = 'killing' and h.kill_acked_at is null and h.kill_seq is not null`;
const revokes = sql`select h.agent_id, 'revoke' as kind, h.revoke_seq as seq, h.id, h.task_id, h.attempt from host_run h`;
const revokeIsOpen = sql`h.revoke_seq is not null and h.revoke_acked_at is null`;

/** Every outstanding command of these agents, by agent and number. */
export async function outstandingOfAgents(db: Database, agentIds: readonly string[]): Promise<OutstandingCommand[]> {
  if (agentIds.length === 0) return [];
  const ofAgents = sql`h.agent_id = any(${agentIds}::uuid[])`;
  const { rows } = await sql<CommandRow>`
    ${runs} where ${ofAgents} and ${runIsOpen} union all ${kills} where ${ofAgents} and ${killIsOpen}
    union all ${revokes} where ${ofAgents} and ${revokeIsOpen} order by 1, 3`.execute(db);
  return rows.map(toCommand);
}

/** Outstanding commands of one task whose agents are connected to this gateway, by agent and number. */
export async function outstandingOfTask(
  db: Database,
  taskId: string,
  gatewayId: string,
): Promise<OutstandingCommand[]> {
  const ofTask = sql`h.task_id = ${taskId}`;
  const here = sql`join agent a on a.id = h.agent_id and a.gateway_id = ${gatewayId} and a.disconnected_at is null and a.revoked_at is null`;
  const { rows } = await sql<CommandRow>`
    ${runs} ${here} where ${ofTask} and h.current and ${runIsOpen} union all ${kills} ${here} where ${ofTask} and h.current and ${killIsOpen}
    union all ${revokes} ${here} where ${ofTask} and ${revokeIsOpen} order by 1, 3`.execute(db);
  return rows.map(toCommand);
}

/** Agents connected to this gateway that have any outstanding command. */
export async function agentsWithOutstanding(db: Database, gatewayId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select a.id from agent a where a.gateway_id = ${gatewayId} and a.disconnected_at is null and a.revoked_at is null and (
      exists (select 1 from host_run h where h.agent_id = a.id and ${runIsOpen})
      or exists (select 1 from host_run h where h.agent_id = a.id and ${killIsOpen})
      or exists (select 1 from host_run h where h.agent_id = a.id and ${revokeIsOpen}))`.execute(db);
  return rows.map((row) => row.id);
}

function toCommand(row: CommandRow): OutstandingCommand {
  const { agent_id, seq, id, task_id, ...same } = row;
  return { ...same, agentId: agent_id, seq: Number(seq), runId: id, taskId: task_id };
}

/** Tasks that have a run in flight on this agent. */
export async function tasksInFlight(db: Database, agentId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('host_run')
    .select('task_id')
    .distinct()
    .where('agent_id', '=', agentId)
    .where('state', 'in', inFlightStates)
    .execute();
  return rows.map((row) => row.task_id);
}

/** Number that the agent's next command will get; all below have been handed out. */
export async function nextCommandNumber(db: Database, agentId: string): Promise<number> {
  const row = await db.selectFrom('agent').select('next_seq').where('id', '=', agentId).executeTakeFirst();
  return Number(row?.next_seq ?? '1');
}

/** What these tasks run. */
export async function payloadsOf(db: Database, taskIds: readonly string[]): Promise<Map<string, TaskPayload>> {
  if (taskIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('task')
    .select(['id', 'payload'])
    .where(sql<boolean>`id = any(${taskIds}::uuid[])`)
    .execute();
  return new Map(rows.map((row) => [row.id, row.payload]));
}

/**
 * Ends as `lost` what was dispatched to a spool that its agent no longer has: nothing of it is ever sent again.
 * Returns the tasks concerned.
 */
export async function loseRunsOfReplacedSpools(
  tx: Tx,
  agents: readonly { agentId: string; spoolId: string }[],
): Promise<string[]> {
  if (agents.length === 0) return [];
  const { rows } = await sql<{ task_id: string; hosts: number }>`
    with mine as (
      select h.id from host_run h
      join unnest(${agents.map((a) => a.agentId)}::uuid[], ${agents.map((a) => a.spoolId)}::text[]) as i(agent_id, spool_id) on i.agent_id = h.agent_id
      where h.state in (${sql.join(statesBefore('lose').map((state) => sql.lit(state)))}) and h.spool_id is distinct from i.spool_id
      order by h.id for no key update of h),
    gone as (
      update host_run h set state = 'lost', code = ${resultCodes.spoolReplaced}, finished_at = ledger_now()
      from mine where h.id = mine.id returning h.task_id)
    select task_id, count(*)::int as hosts from gone group by task_id order by task_id`.execute(tx);
  for (const { task_id: id, hosts } of rows) {
    await record(tx, { id }, { story: [{ kind: 'spool-replaced', details: { hosts } }] });
  }
  return rows.map((row) => row.task_id);
}

/**
 * Ends as `lost` what an agent acknowledged with the spool that it still has, and knows no more (the spool lists every
 * run until its result is confirmed, so the record was destroyed): nobody will ever report it. Returns the tasks concerned.
 */
export async function loseForgottenRuns(
  tx: Tx,
  agents: readonly { agentId: string; spoolId: string; openRunIds: readonly string[] }[],
): Promise<string[]> {
  if (agents.length === 0) return [];
  const { rows } = await sql<{ task_id: string }>`
    with mine as (
      select h.id from host_run h
      join unnest(${agents.map((a) => a.agentId)}::uuid[], ${agents.map((a) => a.spoolId)}::text[]) as i(agent_id, spool_id)
        on i.agent_id = h.agent_id and i.spool_id = h.spool_id
      where h.state in (${sql.join(statesBefore('lose').map((state) => sql.lit(state)))}) and h.acked_at is not null
        and h.id <> all(${agents.flatMap((a) => a.openRunIds)}::uuid[])
      order by h.id for no key update of h)
    update host_run h set state = 'lost', code = ${resultCodes.outcomeUnknown}, finished_at = ledger_now()
    from mine where h.id = mine.id returning h.task_id`.execute(tx);
  return [...new Set(rows.map((row) => row.task_id))];
}
