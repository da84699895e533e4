import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import { refuseTask, releaseTask } from './awaiting-task.ts';
import { tallyHostRuns } from '#db/tasks/host-run-counts.ts';
import { secretsIn } from '#domain/secrets/secret-variables.ts';
import { waitingStates } from '#domain/tasks/host-run.ts';
import type { TaskRunHost, TaskRunPort } from '#domain/tasks/task-run.kind.ts';
import type { TaskPayload } from '#domain/tasks/task.ts';
import { markOf } from '#ledger/audit/text-mark.ts';
import { digestOf } from '#ledger/changes/content.ts';
import { resolveSecrets, secretFault } from '#ledger/secrets/resolve-secrets.ts';
import { replaceTaskContent } from './replace-task.ts';
import { resolveTarget } from './resolve-hosts.ts';
import { freezeTargets, submitTask } from './submit-task.ts';

/** What the fields of an environment begin with, as they were sent. */
const envField = 'env.';

/** Tasks in the ledger, on one transaction. */
export function taskRunLedger(tx: Tx): TaskRunPort {
  return {
    resolveTarget: (proposer, target) => resolveTarget(tx, proposer, target),
    async resolveEnvironment(proposer, env) {
      const asked = secretsIn(env).map(([name, request]) => [`${envField}${name}`, request] as const);
      const secrets = await resolveSecrets(tx, proposer.actor, asked);
      const texts = Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
      return Object.fromEntries<TaskPayload['env'][string]>([
        ...texts,
        ...secrets.map(([field, reference]) => [field.slice(envField.length), reference] as const),
      ]);
    },
    async write({ id, proposer, ticketId }, { title, payload, strategy, target }) {
      const { hosts, nodes } = target;
      await submitTask(tx, { id, title, payload, strategy, hosts, nodes, requester: proposer, ticketId });
    },
    async replace(taskId, { title, payload, strategy, target }) {
      await replaceTaskContent(tx, taskId, { title, payload, strategy, hosts: target.hosts, nodes: target.nodes });
    },
    async read(taskId) {
      const task = await tx
        .selectFrom('task')
        .select(['title', 'payload', 'strategy', 'requester_id', 'requester_name'])
        .where('id', '=', taskId)
        .forNoKeyUpdate()
        .executeTakeFirst();
      if (task === undefined) return undefined;
      const { title, payload, strategy, requester_id: id, requester_name: name } = task;
      const hosts = await listHosts(tx, taskId);
      const references = secretsIn(payload.env).map(([, reference]) => reference);
      const fault = await secretFault(tx, { id, name }, references);
      return { title, payload, strategy, hosts, ...(await lookAtMachines(tx, hosts)), secretFault: fault };
    },
    async bindToPresentAgents(taskId) {
      // A machine that has no agent now keeps the one it had: its run is lost when it is handed out, and says so.
      await sql`
        update host_run as run set agent_id = present.id from agent as present
        where run.task_id = ${taskId}::uuid and run.current and run.state = any(${[...waitingStates]}::text[])
          and present.machine_id = run.machine_id and present.revoked_at is null
          and present.id is distinct from run.agent_id`.execute(tx);
      await freezeTargets(tx, taskId);
    },
    markOf,
    release: (taskId) => releaseTask(tx, taskId),
    refuse: (taskId, reason) => refuseTask(tx, taskId, reason),
    async outcome(taskId) {
      // Held, so that no retry opens the task again while its ticket ends.
      const task = await tx
        .selectFrom('task')
        .select('state')
        .where('id', '=', taskId)
        .forNoKeyUpdate()
        .executeTakeFirst();
      return task === undefined ? undefined : { state: task.state, counts: (await tallyHostRuns(tx, taskId)).counts };
    },
  };
}

async function listHosts(tx: Tx, taskId: string): Promise<TaskRunHost[]> {
  const { rows } = await sql<TaskRunHost>`
    select run.host, run.machine_id as "machineId", run.agent_id as "agentId",
      (frozen.host, frozen.machine_id, frozen.generation) is not distinct from
        (run.host, run.machine_id, coalesce(run.agent_id::text, '')) as frozen
    from host_run run left join task_target frozen on frozen.task_id = run.task_id and frozen.ord = run.ord
    where run.task_id = ${taskId}::uuid and run.current order by run.ord`.execute(tx);
  return rows;
}

/** Each machine of the hosts with its present agent and the nodes it is bound to, as a digest. */
async function lookAtMachines(tx: Tx, hosts: readonly TaskRunHost[]) {
  const machineIds = [...new Set(hosts.flatMap((host) => host.machineId ?? []))];
  const { rows } = await sql<{ machineId: string; agentId: string | null; nodeIds: string[] }>`
    select m.id as "machineId", present.id as "agentId",
           array(select b.node_id::text from node_machine b where b.machine_id = m.id order by b.node_id) as "nodeIds"
    from unnest(${machineIds}::uuid[]) as m (id)
    left join agent as present on present.machine_id = m.id and present.revoked_at is null
    order by m.id`.execute(tx);
  const present = new Map(rows.map((row) => [row.machineId, row.agentId]));
  return {
    baseVersion: digestOf(rows.map((row) => [row.machineId, row.agentId, row.nodeIds])),
    agentChanged: hosts.flatMap(({ host, machineId, agentId }) => {
      const now = machineId === null ? null : (present.get(machineId) ?? null);
      return now === null || now === agentId ? [] : [host];
    }),
  };
}
