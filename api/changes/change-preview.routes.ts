import { previewChange } from './policies.contract.ts';
import { callerOf } from '#api/kernel/http/guard.ts';
import type { Register } from '#api/kernel/http/register.ts';
import { changeKindOf } from './change-kind-of.ts';
import { taskProposalOf } from '#api/tasks/propose-task.ts';
import { judgeChange } from '#ledger/changes/judge-change.ts';
import { scopeOf } from '#db/identity/callers.ts';
import { approversOf } from '#ledger/tickets/approvers.ts';
import { findNode } from '#db/tree/nodes.ts';
import type { ChangeTarget, NodeName } from '#domain/changes/change-kind.ts';
import type { ChangeKindName } from '#domain/names.ts';
import { unknownHostsOf } from '#domain/tasks/task-run.kind.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';
import { readSnapshot } from '#db/snapshot.ts';

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
    const kind = changeKindOf(input.kind);
    const preview = await deps.propose.preview(db, {
      proposer: caller,
      kind: 'task.run',
      payload: taskProposalOf(input.task),
      runAt: input.task.runAt,
      expiresAt: input.task.expiresAt,
    });
    c.set('decided', true);
    const { targets, nodes } = preview.requested;
    const { mode, flow, decidedBy } = kind === 'task.run' ? preview.verdict : await verdictOn(kind, targets, nodes);

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
        ticketId: noTicket,
        stepIndex: index,
        escalated: false,
        requesterId: caller.actor.id,
        fourEyes: flow.fourEyes,
      });
      steps.push({
        step: index + 1,
        need: step.need,
        approvers: approvers.map(({ name }) => name),
        policyNode: shownNode(step.policyNode),
      });
    }
    const unknownHosts = unknownHostsOf(targets);
    return c.json(
      {
        kind,
        mode,
        hosts: targets.length - unknownHosts.length,
        unknownHosts,
        fourEyes: flow.fourEyes,
        steps,
        decidedBy: decidedBy.map((place) => ({ ...place, node: shownNode(place.node) })),
      },
      200,
    );
  });

  /** What policy says of another kind of change at the same place. */
  function verdictOn(kind: ChangeKindName, targets: readonly ChangeTarget[], nodes: readonly NodeName[]) {
    const nodeIds = nodes.map((node) => node.id);
    return readSnapshot(db, (tx) => judgeChange(tx, { kind, ...deps.kindsOn(tx)[kind].touches({ targets, nodeIds }) }));
  }
}
