import { previewChange } from './policies.contract.ts';
import { callerOf } from '#api/kernel/http/guard.ts';
import type { Register } from '#api/kernel/http/register.ts';
import { changeKindOf } from './change-kind-of.ts';
import { prepareTask } from '#api/tasks/prepare-task.ts';
import { judgeChange } from '#ledger/changes/judge-change.ts';
import { scopeOf } from '#db/identity/callers.ts';
import { approversOf } from '#ledger/tickets/approvers.ts';
import { findNode } from '#db/tree/nodes.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';

/** Stands for the ticket that there is not yet. */
const noTicket = '00000000-0000-0000-0000-000000000000';

/** Told in place of a node that the caller may not see; no node can have this name. */
const hiddenNode = '(hidden)';

/** Answers what would happen if a task were submitted now: the same checks and the same verdict, nothing is stored. */
export function addChangePreviewRoute(register: Register, deps: RouteDeps): void {
  const { db } = deps.database;

  register(previewChange, async (c) => {
    const input = c.req.valid('json');
    const caller = callerOf(c);
    const prepared = await prepareTask(c, db, input.task);
    const kind = changeKindOf(input.kind);
    const { hosts, nodes } = prepared.target;
    const nodeIds = kind === 'task.run' ? [] : nodes.map((node) => node.id);
    const machineIds = kind === 'task.run' ? prepared.machineIds : [];
    const { mode, flow, decidedBy } = await judgeChange(db, { kind, machineIds, nodeIds });

    const scope = scopeOf(caller, 'tree.view');
    const names = new Map<string, string>();
    for (const { node } of decidedBy) {
      if (node === null || names.has(node)) continue;
      const seen = scope === 'all' || (await findNode(db, node, scope)) !== undefined;
      names.set(node, seen ? node : hiddenNode);
    }
    const shownNode = (node: string | null) => (node === null ? null : (names.get(node) ?? hiddenNode));

    const steps = [];
    for (const [index, step] of flow.steps.entries()) {
      const approvers = await approversOf(db, step, {
        ...{ ticketId: noTicket, stepIndex: index, escalated: false },
        ...{ requesterId: caller.actor.id, fourEyes: flow.fourEyes },
      });
      steps.push({
        step: index + 1,
        need: step.need,
        approvers: approvers.map(({ name }) => name),
        policyNode: shownNode(step.policyNode),
      });
    }
    const unknownHosts = hosts.filter((host) => host.machineId === undefined).map((host) => host.host);
    return c.json(
      {
        ...{ kind, mode, hosts: hosts.length - unknownHosts.length, unknownHosts, fourEyes: flow.fourEyes, steps },
        decidedBy: decidedBy.map((place) => ({ ...place, node: shownNode(place.node) })),
      },
      200,
    );
  });
}
