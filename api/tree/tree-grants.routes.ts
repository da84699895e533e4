import * as contract from './tree.contract.ts';
import { auditRequest } from '#api/kernel/http/audit-request.ts';
import { callerOf, nodeOf, requireOnNode } from '#api/kernel/http/guard.ts';
import type { Register } from '#api/kernel/http/register.ts';
import { grantRole, revokeRole } from '#ledger/tree/grant-role.ts';
import { listGrants } from '#db/tree/grants.ts';
import { Problem } from '#domain/errors.ts';
import { because } from '#domain/reasons.ts';
import { lockTree } from '#ledger/tree/edit-node.ts';
import { findNode } from '#db/tree/nodes.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';
import { needUser } from '#api/identity/identity.routes.ts';
import { requireUnprotectedSubtree } from '#ledger/changes/require-unprotected.ts';
import { transact } from '#ledger/kernel/transact.ts';

/** Roles on nodes. */
export function addTreeGrantRoutes(register: Register, deps: RouteDeps): void {
  const { db } = deps.database;

  register(contract.listGrants, async (c) => c.json({ items: await listGrants(db, nodeOf(c).idPath) }, 200));

  register(contract.grantNode, async (c) => {
    const node = nodeOf(c);
    const { role } = c.req.valid('json');
    const user = await needUser(db, c.req.valid('param').user);
    const { actor } = callerOf(c);
    const grantedBy = actor.name;
    const grantedAt = await transact(db, async (tx) => {
      await lockTree(tx);
      // Read again: it may have been moved before we had the lock. An owner is whom steps ask: one more, or one less.
      const current = requireOnNode(c, 'tree.grant', await findNode(tx, `~${node.id}`));
      const { before, grantedAt: at } = await grantRole(tx, { nodeId: node.id, userId: user.id, role, grantedBy });
      if ([role, before].includes('ops-owner')) await requireUnprotectedSubtree(tx, actor, current.idPath);
      const details = { role, before: before ?? null };
      auditRequest(tx, c, { action: 'tree.grant', target: user.name, nodes: [node.path], details });
      return at;
    });
    return c.json(
      { user: user.name, userId: user.id, role, node: node.path, inherited: false, grantedBy, grantedAt },
      200,
    );
  });

  register(contract.revokeGrant, async (c) => {
    const node = nodeOf(c);
    const user = await needUser(db, c.req.valid('param').user);
    const { actor } = callerOf(c);
    await transact(db, async (tx) => {
      await lockTree(tx);
      const current = requireOnNode(c, 'tree.grant', await findNode(tx, `~${node.id}`));
      const role = await revokeRole(tx, node.id, user.id);
      if (role === undefined) throw new Problem('not-found', because('no-role-here', { user: user.name }));
      if (role === 'ops-owner') await requireUnprotectedSubtree(tx, actor, current.idPath);
      auditRequest(tx, c, { action: 'tree.revoke', target: user.name, nodes: [node.path], details: { role } });
    });
    return c.body(null, 204);
  });
}
