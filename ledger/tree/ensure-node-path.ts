import type { Tx } from '#db/database.ts';
import type { NodeIcon } from '#domain/tree/node.ts';
import { insertNode, lockTree } from './edit-node.ts';
import { findNode, type NodeSummary } from '#db/tree/nodes.ts';

/** The node of the longest part of a full name that exists, and the names that are missing below it. */
export async function findNearest(tx: Tx, path: string): Promise<{ node: NodeSummary | undefined; missing: string[] }> {
  const names = path.split('.');
  for (let length = names.length; length > 0; length--) {
    const node = await findNode(tx, names.slice(0, length).join('.'));
    if (node !== undefined) return { node, missing: names.slice(length) };
  }
  return { node: undefined, missing: names };
}

/** Adds the missing names one below the other; what is given about the looks is the last one's. Holds the tree's lock. */
export async function insertNodePath(
  tx: Tx,
  parentId: string | null,
  names: readonly string[],
  last: { isLeaf?: boolean | undefined; icon?: NodeIcon | null | undefined; description?: string | undefined } = {},
): Promise<{ id: string; idPath: string }> {
  let parent = parentId;
  let inserted: { id: string; idPath: string } | undefined;
  for (const [index, name] of names.entries()) {
    inserted = await insertNode(tx, { parentId: parent, name, ...(index === names.length - 1 ? last : {}) });
    parent = inserted.id;
  }
  if (inserted === undefined) throw new Error('no names to insert');
  return inserted;
}

/** The node with this full name, made where it is missing. Holds the tree's lock. */
export async function ensureNodePath(tx: Tx, path: string): Promise<{ id: string }> {
  await lockTree(tx);
  const { node, missing } = await findNearest(tx, path);
  if (node !== undefined && missing.length === 0) return node;
  return insertNodePath(tx, node?.id ?? null, missing);
}
