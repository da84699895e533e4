import * as contract from './tree.contract.ts';
import { auditRequest } from '#api/kernel/http/audit-request.ts';
import { cursorPart, pageFrom, readCursor } from '#api/kernel/http/cursor.ts';
import { callerOf, nodeOf } from '#api/kernel/http/guard.ts';
import type { Register } from '#api/kernel/http/register.ts';
import type { Database } from '#db/database.ts';
import { scopeOf } from '#db/identity/callers.ts';
import { findMachines } from '#db/assets/find-machines.ts';
import { bindMachines, unbindMachines } from '#ledger/tree/bind-machines.ts';
import { type BoundMachine, listBindings, listMachinesOfNode } from '#db/tree/bindings.ts';
import { lockTree } from '#ledger/tree/edit-node.ts';
import { idsOf } from '#db/tree/nodes.ts';
import { type FieldError, Problem } from '#domain/errors.ts';
import { type Actor, can } from '#domain/identity/permissions.ts';
import { because } from '#domain/reasons.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';
import { requireUnprotected } from '#ledger/changes/require-unprotected.ts';
import { transact } from '#ledger/kernel/transact.ts';

/** Machines of nodes. */
export function addTreeMachineRoutes(register: Register, deps: RouteDeps): void {
  const { db } = deps.database;

  register(contract.listNodeMachines, async (c) => {
    const { limit, cursor, subtree, q } = c.req.valid('query');
    const after = readCursor(cursor, [cursorPart.text])?.[0];
    const scope = scopeOf(callerOf(c), 'tree.view');
    const rows = await listMachinesOfNode(
      db,
      { idPath: nodeOf(c).idPath, subtree: subtree === 'true' },
      { scope, q, after, limit: limit + 1 },
    );
    return c.json(
      pageFrom(rows, limit, (machine) => [machine.name.toLowerCase()], machineView),
      200,
    );
  });

  register(contract.bindMachines, async (c) => {
    const node = nodeOf(c);
    const { actor } = callerOf(c);
    const { machines } = c.req.valid('json');
    const bound = await transact(db, async (tx) => {
      await lockTree(tx);
      const ids = await resolveMachines(tx, machines);
      await requireAuthorityOver(tx, actor, ids);
      const count = await bindMachines(tx, node.id, ids, actor.name);
      auditRequest(tx, c, {
        action: 'tree.bind',
        target: node.path,
        nodes: [node.path],
        details: { ...named(machines), bound: count },
      });
      return count;
    });
    return c.json({ bound }, 200);
  });

  register(contract.unbindMachines, async (c) => {
    const node = nodeOf(c);
    const { machines } = c.req.valid('json');
    const unbound = await transact(db, async (tx) => {
      await lockTree(tx);
      const ids = await resolveMachines(tx, machines);
      await requireUnprotected(tx, callerOf(c).actor, [node.id]);
      const count = await unbindMachines(tx, node.id, ids);
      auditRequest(tx, c, {
        action: 'tree.unbind',
        target: node.path,
        nodes: [node.path],
        details: { ...named(machines), unbound: count },
      });
      return count;
    });
    return c.json({ unbound }, 200);
  });
}

/** A machine as the contract has it. */
export function machineView({ agentState, ...machine }: BoundMachine) {
  const state = agentState === 'online' || agentState === 'offline' ? agentState : ('no-agent' as const);
  return { ...machine, nodes: [...machine.nodes], state };
}

/** Names that the audit keeps of one request. */
const mostNamed = 20;

/** What was named, as the audit keeps it: rows do not grow with what people send. */
function named(words: readonly string[]) {
  return { machines: words.slice(0, mostNamed), named: words.length };
}

/** Wrong words told at most. */
const mostFaults = 100;

/** One machine id per word, in the order of the words. */
async function resolveMachines(db: Database, words: readonly string[]): Promise<string[]> {
  const found = await findMachines(db, words);
  const faults: FieldError[] = [];
  const ids = found.map(({ word, machines }, index) => {
    if (machines.length === 0)
      faults.push({ field: `machines.${index}`, fault: because('no-such-machine', { machine: word }) });
    if (machines.length > 1)
      faults.push({
        field: `machines.${index}`,
        fault: because('ambiguous-machine', { machine: word, count: machines.length }),
      });
    return machines[0]?.id ?? '';
  });
  if (faults.length > 0) throw Problem.input(faults.slice(0, mostFaults));
  return ids;
}

/**
 * Binding gives power over a machine to whoever may run tasks on the node: only somebody who has that power already, on
 * one of its nodes or everywhere, may hand it on.
 */
async function requireAuthorityOver(db: Database, actor: Actor, machineIds: readonly string[]): Promise<void> {
  if (can(actor, 'tree.bind')) return;
  const bindings = await listBindings(db, machineIds);
  const held = new Set(
    bindings.filter((binding) => can(actor, 'tree.bind', idsOf(binding.idPath))).map((binding) => binding.machineId),
  );
  const faults = machineIds.flatMap((id, index) =>
    held.has(id) ? [] : [{ field: `machines.${index}`, fault: because('machine-not-yours') }],
  );
  if (faults.length === 0) return;
  throw new Problem('forbidden', because('machines-not-yours'), { fields: faults.slice(0, mostFaults) });
}
