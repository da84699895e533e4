import type { Context } from 'hono';
import * as contract from './tree.contract.ts';
import { auditRequest } from '#api/kernel/http/audit-request.ts';
import { cursorPart, pageFrom, readCursor } from '#api/kernel/http/cursor.ts';
import type { ApiEnv } from '#api/kernel/http/env.ts';
import { callerOf, nodeOf, requireEverywhere, requireOnNode } from '#api/kernel/http/guard.ts';
import type { Register } from '#api/kernel/http/register.ts';
import { scopeOf } from '#db/identity/callers.ts';
import { deleteNode, lockTree, moveNode, updateNode } from '#ledger/tree/edit-node.ts';
import { countImpact } from '#db/tree/node-impact.ts';
import { findNearest, insertNodePath } from '#ledger/tree/ensure-node-path.ts';
import { findNode, idsOf, listChildren, listUnder, type NodeSummary, searchNodes } from '#db/tree/nodes.ts';
import { HiddenProblem, nameTaken } from '#domain/errors.ts';
import { type Action, actions } from '#domain/names.ts';
import { can } from '#domain/identity/permissions.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';
import { requireUnprotectedSubtree } from '#ledger/changes/require-unprotected.ts';
import { transact } from '#ledger/kernel/transact.ts';

/** The shape of the tree: nodes. What hangs on them is in tree-machines.ts and tree-grants.ts. */
export function addTreeRoutes(register: Register, deps: RouteDeps): void {
  const { db } = deps.database;

  register(contract.createNode, async (c) => {
    const { path, ...last } = c.req.valid('json');
    const node = await transact(db, async (tx) => {
      await lockTree(tx);
      const { node: nearest, missing } = await findNearest(tx, path);
      if (nearest === undefined) requireEverywhere(c, 'tree.edit');
      else requireOnNode(c, 'tree.edit', nearest);
      if (missing.length === 0) {
        throw nameTaken('path', path);
      }
      const { id } = await insertNodePath(tx, nearest?.id ?? null, missing, last);
      const made = needNode(await findNode(tx, `~${id}`));
      auditRequest(tx, c, {
        action: 'tree.create',
        target: made.path,
        nodes: [made.path],
        details: { id, created: missing.length },
      });
      return made;
    });
    return c.json(detail(c, node), 201);
  });

  register(contract.listNodes, async (c) => {
    const { limit, cursor, parent, under, q } = c.req.valid('query');
    const scope = scopeOf(callerOf(c), 'tree.view');
    const count = limit + 1;
    if (q !== undefined && q !== '') {
      const after = readCursor(cursor, [cursorPart.idPath])?.[0];
      return c.json(page(await searchNodes(db, q, { scope, after, limit: count }), limit, 'idPath'), 200);
    }
    if (under !== undefined) {
      const after = readCursor(cursor, [cursorPart.idPath])?.[0];
      const top = needNode(await findNode(db, under, scope));
      return c.json(page(await listUnder(db, top.idPath, { scope, after, limit: count }), limit, 'idPath'), 200);
    }
    const after = readCursor(cursor, [cursorPart.text])?.[0];
    const parentId = parent === undefined || parent === '' ? null : needNode(await findNode(db, parent, scope)).id;
    return c.json(page(await listChildren(db, parentId, { scope, after, limit: count }), limit, 'name'), 200);
  });

  register(contract.getNode, (c) => c.json(detail(c, nodeOf(c)), 200));

  register(contract.getNodeImpact, async (c) => c.json(await countImpact(db, nodeOf(c).idPath), 200));

  register(contract.updateNode, async (c) => {
    const change = c.req.valid('json');
    const node = nodeOf(c);
    const updated = await transact(db, async (tx) => {
      await lockTree(tx);
      await updateNode(tx, node.id, change);
      const after = needNode(await findNode(tx, `~${node.id}`));
      const before = { name: node.name, isLeaf: node.isLeaf, icon: node.icon, description: node.description };
      auditRequest(tx, c, {
        action: 'tree.update',
        target: node.path,
        nodes: [node.path, after.path],
        details: { before, after: change },
      });
      return after;
    });
    return c.json(detail(c, updated), 200);
  });

  register(contract.moveNode, async (c) => {
    const { parent } = c.req.valid('json');
    const node = nodeOf(c);
    const moved = await transact(db, async (tx) => {
      await lockTree(tx);
      // Read again: it may have been moved or renamed before we had the lock.
      const current = requireOnNode(c, 'tree.edit', await findNode(tx, `~${node.id}`));
      const target = parent === null ? undefined : requireOnNode(c, 'tree.edit', await findNode(tx, parent));
      if (target === undefined) requireEverywhere(c, 'tree.edit');
      await requireUnprotectedSubtree(tx, callerOf(c).actor, current.idPath);
      await moveNode(tx, current.id, target?.id ?? null, current.name);
      const after = needNode(await findNode(tx, `~${node.id}`));
      auditRequest(tx, c, {
        action: 'tree.move',
        target: current.path,
        nodes: [current.path, after.path],
        details: { to: after.path },
      });
      return after;
    });
    return c.json(detail(c, moved), 200);
  });

  register(contract.deleteNode, async (c) => {
    const cascade = c.req.valid('query').cascade === 'true';
    const node = nodeOf(c);
    const gone = await transact(db, async (tx) => {
      await lockTree(tx);
      const current = requireOnNode(c, 'tree.edit', await findNode(tx, `~${node.id}`));
      await requireUnprotectedSubtree(tx, callerOf(c).actor, current.idPath);
      const result = await deleteNode(tx, current.id, cascade);
      auditRequest(tx, c, {
        action: 'tree.delete',
        target: current.path,
        nodes: [current.path],
        details: { cascade, ...result },
      });
      return result;
    });
    return c.json(gone, 200);
  });
}

function needNode(node: NodeSummary | undefined): NodeSummary {
  if (node === undefined) throw new HiddenProblem('no-such-node');
  return node;
}

function page(rows: readonly NodeSummary[], limit: number, key: 'idPath' | 'name') {
  return pageFrom(rows, limit, (node) => [node[key]], viewOf);
}

function viewOf({ id, name, path, level, isLeaf, icon, description, children, machines, visible }: NodeSummary) {
  return { id, name, path, level, isLeaf, icon, description, children, machines, visible };
}

function detail(c: Context<ApiEnv>, node: NodeSummary) {
  const { actor } = callerOf(c);
  const ids = idsOf(node.idPath);
  const allowed = (Object.keys(actions) as Action[]).filter(
    (name) => actions[name].scope === 'node' && can(actor, name, ids),
  );
  return { ...viewOf(node), actions: allowed };
}
