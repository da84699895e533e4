import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { TreeScope } from '#db/identity/callers.ts';
import { nameKey } from '#domain/name-rule.ts';
import type { NodeIcon } from '#domain/tree/node.ts';

/** A node as people see it. `path` is its full name, `idPath` the ltree of ids (never shown). */
export interface NodeSummary {
  readonly id: string;
  readonly parentId: string | null;
  readonly idPath: string;
  readonly name: string;
  readonly path: string;
  readonly level: number;
  readonly isLeaf: boolean;
  readonly icon: NodeIcon | null;
  readonly description: string;
  readonly children: number;
  /** Bound to this very node. */
  readonly machines: number;
  /** False for an ancestor of what the reader may see: only its name may be told. */
  readonly visible: boolean;
}

/** Ids from the root to the node, as {@link can} wants them. */
export function idsOf(idPath: string): string[] {
  return idPath.split('.');
}

/** Full name of the node with alias `alias`. */
export function fullNameSql(alias: string): RawBuilder<string> {
  return sql<string>`(select string_agg(up.name, '.' order by nlevel(up.path)) from node up
    where up.id = any (string_to_array(ltree2text(${sql.ref(`${alias}.path`)}), '.')::bigint[]))`;
}

/** Whether node `n` may be seen, and whether it may be seen or leads to one that may be. */
function sight(scope: TreeScope): { visible: RawBuilder<boolean>; listed: RawBuilder<boolean> } {
  if (scope === 'all') return { visible: sql<boolean>`true`, listed: sql<boolean>`true` };
  const roots = sql`${[...scope]}::ltree[]`;
  return {
    visible: sql<boolean>`(${roots} @> n.path)`,
    listed: sql<boolean>`(${roots} @> n.path or ${roots} <@ n.path)`,
  };
}

async function selectNodes(
  db: Database,
  scope: TreeScope,
  where: RawBuilder<unknown>,
  order: RawBuilder<unknown> = sql`n.path`,
  limit = 1,
): Promise<NodeSummary[]> {
  const { visible, listed } = sight(scope);
  const { rows } = await sql<NodeSummary>`
    select n.id, n.parent_id as "parentId", ltree2text(n.path) as "idPath", n.name, ${fullNameSql('n')} as path,
      nlevel(n.path) - 1 as level, n.is_leaf as "isLeaf", n.icon, n.description,
      (select count(*)::int from node child where child.parent_id = n.id) as children,
      (select count(*)::int from node_machine bound where bound.node_id = n.id) as machines,
      ${visible} as visible
    from (select n.* from node n where ${where} and ${listed} order by ${order} limit ${limit}) as n order by ${order}`.execute(
    db,
  );
  return rows.map((row) => (row.visible ? row : bareName(row)));
}

/** What may be told of a node that only leads to one that may be seen. */
function bareName(node: NodeSummary): NodeSummary {
  return { ...node, isLeaf: false, icon: null, description: '', children: 0, machines: 0 };
}

/** The id of the node with this full name (`infra.k8s`, in any case) or `~id`; undefined where there is none. */
async function findNodeId(db: Database, reference: string): Promise<string | undefined> {
  const byId = /^~([1-9]\d{0,17})$/.exec(reference);
  if (byId !== null) return byId[1];
  const names = nameKey(reference).split('.');
  const { rows } = await sql<{ id: string }>`
    with recursive walk (depth, id) as (
      select 1, id from node where parent_id is null and name_key = ${names[0]}
      union all
      select walk.depth + 1, node.id from walk join node on node.parent_id = walk.id and node.name_key = (${names}::text[])[walk.depth + 1])
    select id from walk where depth = ${names.length}`.execute(db);
  return rows[0]?.id;
}

/** The node that a path or `~id` names, within what the reader may see (bare names of ancestors included). */
export async function findNode(
  db: Database,
  reference: string,
  scope: TreeScope = 'all',
): Promise<NodeSummary | undefined> {
  const id = await findNodeId(db, reference);
  if (id === undefined) return undefined;
  return (await selectNodes(db, scope, sql`n.id = ${id}::bigint`))[0];
}

/** Children of a node (null: the roots) by name. */
export function listChildren(
  db: Database,
  parentId: string | null,
  options: { scope: TreeScope; after?: string | undefined; limit: number },
): Promise<NodeSummary[]> {
  const after = options.after === undefined ? sql`true` : sql`n.name > ${options.after}`;
  const parent = parentId === null ? sql`n.parent_id is null` : sql`n.parent_id = ${parentId}::bigint`;
  const where = sql`${parent} and ${after}`;
  return selectNodes(db, options.scope, where, sql`n.name`, options.limit);
}

/** All levels below a node, depth first; `after` is an id path. */
export function listUnder(
  db: Database,
  idPath: string,
  options: { scope: TreeScope; after?: string | undefined; limit: number },
): Promise<NodeSummary[]> {
  const after = options.after ?? idPath;
  return selectNodes(
    db,
    options.scope,
    sql`n.path <@ ${idPath}::ltree and n.path > ${after}::ltree`,
    sql`n.path`,
    options.limit,
  );
}

/** Nodes whose name holds `q`; where `q` has dots, whose full name holds it. `after` is an id path. */
export function searchNodes(
  db: Database,
  q: string,
  options: { scope: TreeScope; after?: string | undefined; limit: number },
): Promise<NodeSummary[]> {
  const like = (text: string) => `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
  const last = q.replace(/\.+$/, '').split('.').at(-1) ?? q;
  const full = q.includes('.') ? sql`(${fullNameSql('n')} || '.') ilike ${like(q)}` : sql`true`;
  const after = options.after === undefined ? sql`true` : sql`n.path > ${options.after}::ltree`;
  return selectNodes(
    db,
    options.scope,
    sql`n.name ilike ${like(last)} and ${full} and ${after}`,
    sql`n.path`,
    options.limit,
  );
}

/** Full names of nodes by id. */
export async function fullNames(db: Database, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: string; path: string }>`
    select n.id, ${fullNameSql('n')} as path from node n where n.id = any (${[...ids]}::bigint[])`.execute(db);
  return new Map(rows.map((row) => [row.id, row.path]));
}
