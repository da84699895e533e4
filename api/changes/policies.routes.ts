import type { Context } from 'hono';
import type { z } from '@hono/zod-openapi';
import * as contract from './policies.contract.ts';
import { auditRequest } from '#api/kernel/http/audit-request.ts';
import type { ApiEnv } from '#api/kernel/http/env.ts';
import { callerOf, nodeOf } from '#api/kernel/http/guard.ts';
import type { Register } from '#api/kernel/http/register.ts';
import { changeKindOf } from './change-kind-of.ts';
import { policyOf } from './policy-input.ts';
import { showPolicies } from './policy-view.ts';
import { requireApprovers } from './require-approvers.ts';
import { listEffectivePolicies } from '#ledger/changes/judge-change.ts';
import { removePolicy, setPolicy } from '#ledger/changes/set-policy.ts';
import { transact } from '#ledger/kernel/transact.ts';
import { idsOf, type NodeSummary } from '#db/tree/nodes.ts';
import { Problem } from '#domain/errors.ts';
import { because } from '#domain/reasons.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';

/** Policies of nodes, and (node undefined) of the whole tree: who must be asked before something is changed there. */
export function addPolicyRoutes(register: Register, deps: RouteDeps): void {
  const { db } = deps.database;

  register(contract.listNodePolicies, async (c) => c.json({ items: await list(nodeOf(c)) }, 200));
  register(contract.listRootPolicies, async (c) => c.json({ items: await list(undefined) }, 200));
  register(contract.setNodePolicy, async (c) =>
    c.json(await set(c, nodeOf(c), c.req.valid('param').kind, c.req.valid('json')), 200),
  );
  register(contract.setRootPolicy, async (c) =>
    c.json(await set(c, undefined, c.req.valid('param').kind, c.req.valid('json')), 200),
  );
  register(contract.removeNodePolicy, async (c) => c.json(await remove(c, nodeOf(c), c.req.valid('param').kind), 200));
  register(contract.removeRootPolicy, async (c) => c.json(await remove(c, undefined, c.req.valid('param').kind), 200));

  async function list(node: NodeSummary | undefined) {
    const ids = node === undefined ? [] : idsOf(node.idPath);
    return showPolicies(db, node?.path ?? null, await listEffectivePolicies(db, ids));
  }

  async function effective(node: NodeSummary | undefined, kind: string) {
    const policy = (await list(node)).find((one) => one.kind === kind);
    if (policy === undefined) throw new Error(`no policy of kind ${kind}`);
    return policy;
  }

  async function set(
    c: Context<ApiEnv>,
    node: NodeSummary | undefined,
    kindName: string,
    input: z.output<typeof contract.policyInputSchema>,
  ) {
    const kind = changeKindOf(kindName);
    const nodeId = node?.id ?? null;
    await transact(db, async (tx) => {
      const policy = await policyOf(tx, input);
      await requireApprovers(tx, policy, nodeId);
      const { before = null, version } = await setPolicy(tx, { kind, nodeId }, policy, callerOf(c).actor.name);
      const details = { kind, before, after: policy, version };
      auditRequest(tx, c, {
        action: 'policy.set',
        target: kind,
        nodes: node === undefined ? [] : [node.path],
        details,
      });
    });
    return effective(node, kind);
  }

  async function remove(c: Context<ApiEnv>, node: NodeSummary | undefined, kindName: string) {
    const kind = changeKindOf(kindName);
    await transact(db, async (tx) => {
      const before = await removePolicy(tx, { kind, nodeId: node?.id ?? null });
      if (before === undefined) {
        throw new Problem('not-found', because('no-such-policy', { kind }));
      }
      const details = { kind, before, after: null };
      auditRequest(tx, c, {
        action: 'policy.removed',
        target: kind,
        nodes: node === undefined ? [] : [node.path],
        details,
      });
    });
    return effective(node, kind);
  }
}
