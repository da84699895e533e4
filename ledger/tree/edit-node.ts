import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import { emitEvent } from '#ledger/kernel/live-events.ts';
import { nameTaken, Problem } from '#domain/errors.ts';
import { nameKey } from '#domain/name-rule.ts';
import { maxNodeDepth, type NodeIcon } from '#domain/tree/node.ts';
import { because } from '#domain/reasons.ts';

const treeLock = 0x5b_7e_e0;

/** Whoever changes the shape of the tree waits for whoever else does, until the transaction ends. */
export async function lockTree(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${treeLock})`.execute(tx);
}

/** What decides whether a node may be changed. */
interface LockedNode {
  readonly id: string;
  readonly parentId: string | null;
  readonly idPath: string;
  readonly isLeaf: boolean;
}

async function getNode(tx: Tx, id: string): Promise<LockedNode> {
  const { rows } = await sql<LockedNode>`
    select id, parent_id as "parentId", ltree2text(path) as "idPath", is_leaf as "isLeaf" from node where id = ${id}::bigint`.execute(
    tx,
  );
  const node = rows[0];
  if (node === undefined) throw new Problem('not-found', because('no-such-node'));
  return node;
}

/** Adds one child (or a root). The caller holds the tree's lock. A name that is taken: Problem `conflict`. */
export async function insertNode(
  tx: Tx,
  node: {
    parentId: string | null;
    name: string;
    isLeaf?: boolean | undefined;
    icon?: NodeIcon | null | undefined;
    description?: string | undefined;
  },
): Promise<{ id: string; idPath: string }> {
  const parent = node.parentId === null ? undefined : await getNode(tx, node.parentId);
  if (parent?.isLeaf === true) throw leafProblem();
  if (parent !== undefined && parent.idPath.split('.').length >= maxNodeDepth) throw depthProblem('path');
  const { rows } = await sql<{ id: string; idPath: string }>`
    with fresh as (select nextval(pg_get_serial_sequence('node', 'id')) as id)
    insert into node (id, parent_id, name, name_key, path, is_leaf, icon, description) overriding system value
    select fresh.id, ${node.parentId}::bigint, ${node.name}, ${nameKey(node.name)},
      text2ltree(${parent === undefined ? '' : `${parent.idPath}.`} || fresh.id), ${node.isLeaf ?? false}, ${node.icon ?? null},
      ${node.description ?? ''} from fresh
    on conflict (parent_id, name_key) do nothing
    returning id, ltree2text(path) as "idPath"`.execute(tx);
  const inserted = rows[0];
  if (inserted === undefined) throw nameTaken('path', node.name);
  await emitEvent(tx, 'tree', { id: inserted.id, parentId: node.parentId, change: 'created' });
  return inserted;
}

/** Changes name and looks. The caller holds the tree's lock. */
export async function updateNode(
  tx: Tx,
  id: string,
  change: {
    name?: string | undefined;
    isLeaf?: boolean | undefined;
    icon?: NodeIcon | null | undefined;
    description?: string | undefined;
  },
): Promise<void> {
  const node = await getNode(tx, id);
  if (change.isLeaf === true) {
    const child = await tx.selectFrom('node').select('id').where('parent_id', '=', id).limit(1).executeTakeFirst();
    if (child !== undefined) {
      throw new Problem('not-in-this-state', because('has-children'));
    }
  }
  if (change.name !== undefined) await refuseTakenName(tx, node.parentId, change.name, id, 'name');
  const set = {
    ...(change.name === undefined ? {} : { name: change.name, name_key: nameKey(change.name) }),
    ...(change.isLeaf === undefined ? {} : { is_leaf: change.isLeaf }),
    ...(change.icon === undefined ? {} : { icon: change.icon }),
    ...(change.description === undefined ? {} : { description: change.description }),
  };
  if (Object.keys(set).length === 0) return;
  await tx.updateTable('node').set(set).where('id', '=', id).execute();
  await emitEvent(tx, 'tree', { id, parentId: node.parentId, change: 'updated' });
}

/** Moves a node with everything below it, in one statement. The caller holds the tree's lock. */
export async function moveNode(tx: Tx, id: string, parentId: string | null, name: string): Promise<void> {
  const node = await getNode(tx, id);
  if (node.parentId === parentId) return;
  const parent = parentId === null ? undefined : await getNode(tx, parentId);
  if (parent?.isLeaf === true) throw leafProblem();
  const oldIds = node.idPath.split('.');
  const parentIds = parent === undefined ? [] : parent.idPath.split('.');
  if (parentIds.includes(id)) {
    throw Problem.field('parent', because('cycle'));
  }
  await refuseTakenName(tx, parentId, name, id, 'parent');
  const { rows } = await sql<{ depth: number }>`
    select max(nlevel(path)) as depth from node where path <@ ${node.idPath}::ltree`.execute(tx);
  if ((rows[0]?.depth ?? 0) - oldIds.length + 1 + parentIds.length > maxNodeDepth) throw depthProblem('parent');
  await sql`update node set
      path = text2ltree(${parentIds.map((parentOfIt) => `${parentOfIt}.`).join('')} || ltree2text(subpath(path, ${oldIds.length - 1}))),
      parent_id = case when id = ${id}::bigint then ${parentId}::bigint else parent_id end
    where path <@ ${node.idPath}::ltree`.execute(tx);
  await emitEvent(tx, 'tree', { id, parentId, from: node.parentId, change: 'moved' });
}

/** What keeps a node from being deleted: how many there are, and the first of them by name. */
export interface DeleteBlocker {
  readonly kind: 'children' | 'machines';
  readonly count: number;
  readonly names: readonly string[];
}

/** Names that a blocker tells. */
const namesTold = 5;

/** What hangs directly on a node; nothing where it may go as it is. */
async function findDeleteBlockers(tx: Tx, id: string): Promise<DeleteBlocker[]> {
  const { rows } = await sql<DeleteBlocker>`
    with hanging (kind, name) as (
      select 'children', name from node where parent_id = ${id}::bigint
      union all
      select 'machines', m.name from node_machine b join machine m on m.id = b.machine_id where b.node_id = ${id}::bigint)
    select kind, count(*)::int as count, (array_agg(name order by name))[1:${sql.lit(namesTold)}] as names
    from hanging group by kind order by kind`.execute(tx);
  return rows;
}

/**
 * Deletes a node; with children or machines only by cascade, else Problem `not-in-this-state` with the blockers.
 * Machines are unbound, never deleted. The caller holds the tree's lock.
 */
export async function deleteNode(tx: Tx, id: string, cascade: boolean): Promise<{ deleted: number; unbound: number }> {
  const node = await getNode(tx, id);
  const blockers = cascade ? [] : await findDeleteBlockers(tx, id);
  if (blockers.length > 0) {
    const countOf = (kind: DeleteBlocker['kind']) => blockers.find((blocker) => blocker.kind === kind)?.count ?? 0;
    const reason = because('not-empty', { children: countOf('children'), machines: countOf('machines') });
    throw new Problem('not-in-this-state', reason, { extra: { blockers } });
  }
  const { numAffectedRows: unbound = 0n } = await sql`
    delete from node_machine where node_id in (select id from node where path <@ ${node.idPath}::ltree)`.execute(tx);
  const { numAffectedRows: deleted = 0n } = await sql`delete from node where path <@ ${node.idPath}::ltree`.execute(tx);
  await emitEvent(tx, 'tree', { id, parentId: node.parentId, change: 'deleted' });
  return { deleted: Number(deleted), unbound: Number(unbound) };
}

async function refuseTakenName(
  tx: Tx,
  parentId: string | null,
  name: string,
  except: string,
  field: string,
): Promise<void> {
  const { rows } = await sql`select 1 from node
    where ${parentId === null ? sql`parent_id is null` : sql`parent_id = ${parentId}::bigint`} and name_key = ${nameKey(name)}
      and id <> ${except}::bigint`.execute(tx);
  if (rows.length > 0) throw nameTaken(field, name);
}

function leafProblem(): Problem {
  return new Problem('not-in-this-state', because('is-leaf'));
}

function depthProblem(field: string): Problem {
  return Problem.field(field, because('path-too-deep', { most: maxNodeDepth }));
}
