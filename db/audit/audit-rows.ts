import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { canonicalJson } from '#domain/audit/canonical-json.ts';

/** One link of the chain as stored. `at` is ISO 8601 in UTC, cut to milliseconds. */
export interface AuditRow {
  readonly id: string;
  readonly at: string;
  readonly actorId: string | null;
  readonly actorName: string;
  readonly action: string;
  readonly outcome: 'allowed' | 'denied';
  readonly target: string;
  /** Full names of all tree nodes concerned. */
  readonly nodes: readonly string[];
  readonly details: Record<string, unknown>;
  readonly requestId: string | null;
  readonly ip: string | null;
}
/** `prev_hash` of the first row. */
export const firstPrevHash = '0'.repeat(64);

/** Hash of one link: SHA-256 over the hash before it and the canonical JSON of the row. */
export function auditHash(prevHash: string, row: AuditRow): string {
  return createHash('sha256').update(prevHash).update(canonicalJson(row)).digest('hex');
}

export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly outcome?: 'allowed' | 'denied' | undefined;
  readonly target?: string | undefined;
  /** Rows that concern this node or one below it. */
  readonly node?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** Rows with a smaller id only (the cursor of the page before). */
  readonly beforeId?: string | undefined;
}

/** A row as lists show it: with the first few of its nodes. */
export interface ListedAuditRow extends AuditRow {
  readonly nodeCount: number;
}

const listedColumns = [
  'id',
  'at',
  'actor_id',
  'actor_name',
  'action',
  'outcome',
  'target',
  'first_nodes as nodes',
  'node_count',
  'details',
  'request_id',
  'ip',
] as const;

/** A page of the audit, newest first. `action` may end in `*`. */
export async function listAudit(db: Database, filter: AuditFilter, limit: number): Promise<ListedAuditRow[]> {
  let query = db.selectFrom('audit').select(listedColumns).orderBy('id', 'desc').limit(limit);
  if (filter.actor !== undefined) query = query.where('actor_name', '=', filter.actor);
  if (filter.action?.endsWith('*') === true)
    query = query.where(sql<boolean>`starts_with(action, ${filter.action.slice(0, -1)})`);
  else if (filter.action !== undefined) query = query.where('action', '=', filter.action);
  if (filter.outcome !== undefined) query = query.where('outcome', '=', filter.outcome);
  if (filter.target !== undefined) query = query.where('target', '=', filter.target);
  if (filter.node !== undefined) query = query.where(sql<boolean>`nodes_and_above(nodes) @> ${[filter.node]}::text[]`);
  if (filter.since !== undefined) query = query.where('at', '>=', new Date(filter.since));
  if (filter.until !== undefined) query = query.where('at', '<', new Date(filter.until));
  if (filter.beforeId !== undefined) query = query.where('id', '<', filter.beforeId);
  return (await query.execute()).map((row) => ({ ...toAuditRow(row), nodeCount: row.node_count }));
}

/** A node of an audit row; `ord` counts from 1, in the order of the row. */
export interface AuditNode {
  readonly ord: number;
  readonly path: string;
}

/** Nodes of one row in its order, from after `after`; undefined where there is no such row. */
export async function listAuditNodes(
  db: Database,
  id: string,
  page: { after: number; limit: number },
): Promise<AuditNode[] | undefined> {
  // Rows of more nodes than this cannot be.
  const after = Math.min(page.after, 1_000_000_000);
  const { rows } = await sql<{ nodes: string[] }>`
    select nodes[${after + 1}::int : ${after + page.limit}::int] as nodes from audit where id = ${id}::bigint`.execute(
    db,
  );
  return rows[0]?.nodes.map((path, index) => ({ ord: after + index + 1, path }));
}

interface StoredAudit {
  id: string;
  at: Date;
  actor_id: string | null;
  actor_name: string;
  action: string;
  outcome: 'allowed' | 'denied';
  target: string;
  nodes: string[];
  details: Record<string, unknown>;
  request_id: string | null;
  ip: string | null;
}

function toAuditRow(row: StoredAudit): AuditRow {
  return {
    id: row.id,
    at: row.at.toISOString(),
    actorId: row.actor_id,
    actorName: row.actor_name,
    action: row.action,
    outcome: row.outcome,
    target: row.target,
    nodes: row.nodes,
    details: row.details,
    requestId: row.request_id,
    ip: row.ip,
  };
}

/** Walks the whole chain. `brokenAt` is the first row whose hash, predecessor or number is wrong. */
export async function verifyAudit(db: Database): Promise<{ rows: number; brokenAt: string | undefined; head: string }> {
  let prevHash = firstPrevHash;
  let lastId = 0n;
  let rows = 0;
  for (;;) {
    const page = await db
      .selectFrom('audit')
      .selectAll()
      .where('id', '>', String(lastId))
      .orderBy('id')
      .limit(1000)
      .execute();
    if (page.length === 0) return { rows, brokenAt: undefined, head: prevHash };
    for (const stored of page) {
      const intact =
        BigInt(stored.id) === lastId + 1n &&
        stored.prev_hash === prevHash &&
        stored.hash === auditHash(prevHash, toAuditRow(stored));
      if (!intact) return { rows, brokenAt: stored.id, head: prevHash };
      prevHash = stored.hash;
      lastId = BigInt(stored.id);
      rows += 1;
    }
  }
}
