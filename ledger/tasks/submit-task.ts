import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import type { HostRunState, TaskCounts } from '#domain/tasks/host-run.ts';
import { countSubmitted, hostFault, type SubmittedHost } from '#domain/tasks/submitted-host.ts';
import { resultCodes } from '#domain/tasks/result-codes.ts';
import type { TaskPayload, TaskStrategy } from '#domain/tasks/task.ts';
import { record } from './record.ts';

export interface SubmittedTask {
  /** UUID version 7: lists go by id. */
  readonly id: string;
  readonly title: string;
  readonly payload: TaskPayload;
  readonly strategy: TaskStrategy;
  readonly requester: { readonly id: string; readonly name: string };
  readonly nodes: readonly { readonly id: string; readonly fullName: string }[];
  /** In the order in which they are handed out. */
  readonly hosts: readonly SubmittedHost[];
  readonly ticketId?: string | undefined;
}

/**
 * Writes a task and a row per host, in state `submitted`; its workflow may start any time after the commit. With a
 * ticket it is `awaiting-approval`, and nothing starts until the ticket lets it go.
 */
export async function submitTask(tx: Tx, task: SubmittedTask): Promise<TaskCounts> {
  const state = task.ticketId === undefined ? 'submitted' : 'awaiting-approval';
  const counts = countSubmitted(task.hosts);

  await tx
    .insertInto('task')
    .values({
      id: task.id,
      title: task.title,
      state,
      payload: JSON.stringify(task.payload),
      strategy: JSON.stringify(task.strategy),
      requester_id: task.requester.id,
      requester_name: task.requester.name,
      nodes: task.nodes.map((node) => node.fullName),
      ticket_id: task.ticketId ?? null,
      last_advance: null,
      counts: JSON.stringify(counts),
    })
    .execute();
  await insertTaskParts(tx, task);
  await record(tx, task, {
    story: [{ kind: 'submitted', actor: task.requester.name, details: { hosts: counts.total } }],
    listed: state,
  });
  return counts;
}

/** Writes the nodes of a task, and for each host in their order its frozen target and its first run. */
export async function insertTaskParts(tx: Tx, task: Pick<SubmittedTask, 'id' | 'nodes' | 'hosts'>): Promise<void> {
  await sql`insert into task_node (task_id, node_id)
    select ${task.id}::uuid, id from unnest(${task.nodes.map((node) => node.id)}::bigint[]) as node (id)
    on conflict do nothing`.execute(tx);
  await insertHostRuns(tx, task.id, task.hosts);
  await freezeTargets(tx, task.id);
}

async function insertHostRuns(tx: Tx, taskId: string, hosts: readonly SubmittedHost[]): Promise<void> {
  const states = hosts.map((host): HostRunState => (hostFault(host) === undefined ? 'ready' : 'failed'));
  const codes = hosts.map((host) => {
    const fault = hostFault(host);
    return fault === undefined ? null : resultCodes[fault];
  });
  await sql`
    insert into host_run (task_id, ord, host, address, machine_id, agent_id, state, code, finished_at)
    select ${taskId}::uuid, given.ord, host, address, machine_id, agent_id, state, code,
           case when code is not null then ledger_now() end
    from unnest(
      ${hosts.map((host) => host.host)}::text[], ${hosts.map((host) => host.address ?? '')}::text[],
      ${hosts.map((host) => host.machineId ?? null)}::uuid[], ${hosts.map((host) => host.agentId ?? null)}::uuid[],
      ${states}::text[], ${codes}::int[]
    ) with ordinality as given (host, address, machine_id, agent_id, state, code, ord)`.execute(tx);
}

/** Keeps what each current run of the task goes to (host, machine, present agent) as what was planned. */
export async function freezeTargets(tx: Tx, taskId: string): Promise<void> {
  await sql`
    insert into task_target (task_id, ord, host, machine_id, generation)
    select task_id, ord, host, machine_id, coalesce(agent_id::text, '') from host_run
    where task_id = ${taskId}::uuid and current
    on conflict (task_id, ord) do update set host = excluded.host, machine_id = excluded.machine_id,
      generation = excluded.generation`.execute(tx);
}
