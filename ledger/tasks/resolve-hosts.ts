import type { Database } from '#db/database.ts';
import { findMachines } from '#db/assets/find-machines.ts';
import { listBindings, listTaskMachines, type TaskMachine } from '#db/tree/bindings.ts';
import { scopeOf } from '#db/identity/callers.ts';
import { findNode, fullNames, idsOf, type NodeSummary } from '#db/tree/nodes.ts';
import { type FieldError, Problem } from '#domain/errors.ts';
import { type Actor, can } from '#domain/identity/permissions.ts';
import type { Caller } from '#domain/identity/caller.ts';
import type { SubmittedHost } from '#domain/tasks/submitted-host.ts';
import type { ResolvedTarget, TaskRunProposal } from '#domain/tasks/task-run.kind.ts';
import { nameKey } from '#domain/name-rule.ts';
import { taskLimits } from '#domain/tasks/task.ts';
import { because } from '#domain/reasons.ts';
import { requireNode } from '#ledger/tree/require-node.ts';

/**
 * The hosts of a proposal as they are now. Refuses what the proposer may not run (on the node, or host by host) and hosts
 * that are not known; changes nothing.
 */
export async function resolveTarget(
  db: Database,
  proposer: Caller,
  { node, hosts }: TaskRunProposal['target'],
): Promise<ResolvedTarget> {
  if (node === undefined) return resolveNamedHosts(db, proposer.actor, hosts ?? []);
  const found = await findNode(db, node, scopeOf(proposer, 'tree.view'));
  return resolveNodeTarget(db, requireNode(proposer.actor, 'task.run', found, 'target.node'));
}

/** Machines of a node and everything below it, by name. An empty set is bad input. */
async function resolveNodeTarget(db: Database, node: NodeSummary): Promise<ResolvedTarget> {
  const machines = await listTaskMachines(db, node.idPath, taskLimits.hosts + 1);
  if (machines.length === 0) throw Problem.field('target.node', because('node-has-no-machines', { node: node.path }));
  if (machines.length > taskLimits.hosts)
    throw Problem.field('target.node', because('too-many-machines', { most: taskLimits.hosts }));
  return {
    hosts: machines.map((machine) => hostOf(machine.name, machine)),
    nodes: [{ id: node.id, fullName: node.path }],
  };
}

/**
 * Hosts as somebody named them. Words for one machine count once; an unknown one keeps its place and fails by itself,
 * unless all are unknown. Of each machine the actor needs `task.run` on a node that it is bound to, or everywhere.
 */
async function resolveNamedHosts(db: Database, actor: Actor, words: readonly string[]): Promise<ResolvedTarget> {
  const found = await findMachines(db, words);
  refuseFaulty(
    found.flatMap(({ word, machines }, index) =>
      machines.length > 1
        ? [
            {
              field: `target.hosts.${index}`,
              fault: because('ambiguous-host', { host: word, count: machines.length }),
            },
          ]
        : [],
    ),
    'invalid-input',
  );
  const machineIds = [...new Set(found.flatMap(({ machines }) => machines.map((machine) => machine.id)))];
  if (machineIds.length === 0) throw Problem.field('target.hosts', because('no-known-host'));

  const bindings = await listBindings(db, machineIds);
  const runnable = bindings.filter((binding) => can(actor, 'task.run', idsOf(binding.idPath)));
  const permitted = new Set(can(actor, 'task.run') ? machineIds : runnable.map((binding) => binding.machineId));
  refuseFaulty(
    found.flatMap(({ word, machines }, index) =>
      machines.some((machine) => !permitted.has(machine.id))
        ? [{ field: `target.hosts.${index}`, fault: because('may-not-run-on', { host: word }) }]
        : [],
    ),
    'forbidden',
  );

  const seen = new Set<string>();
  const hosts: SubmittedHost[] = [];
  for (const { word, machines } of found) {
    const machine = machines[0];
    const key = machine === undefined ? `word ${nameKey(word)}` : machine.id;
    if (seen.has(key)) continue;
    seen.add(key);
    hosts.push(machine === undefined ? { host: word, fault: 'noSuchHost' } : hostOf(machine.name, machine));
  }
  const nodeIds = [...new Set(runnable.map((binding) => binding.nodeId))];
  const names = await fullNames(db, nodeIds);
  const nodes = nodeIds.map((id) => ({ id, fullName: names.get(id) ?? '' }));
  // By name: what is told of many are the first few.
  return { hosts, nodes: nodes.sort((a, b) => (a.fullName < b.fullName ? -1 : 1)) };
}

function hostOf(host: string, machine: TaskMachine): SubmittedHost {
  return {
    host,
    address: machine.address,
    machineId: machine.id,
    ...(machine.agentId === null ? { fault: 'noAgent' as const } : { agentId: machine.agentId }),
  };
}

function refuseFaulty(fields: FieldError[], type: 'invalid-input' | 'forbidden'): void {
  if (fields.length === 0) return;
  const reason = type === 'forbidden' ? because('no-permission', { right: 'task.run' }) : undefined;
  throw new Problem(type, reason, { fields: fields.slice(0, 100) });
}
