import { sql } from 'kysely';
import { type AuditRow, firstPrevHash, auditHash } from '#db/audit/audit-rows.ts';
import type { AuditAction } from '#domain/names.ts';
import type { Tx } from '#db/database.ts';
import type { RecordPart } from '#ledger/kernel/record.ts';
import { createCollector } from '#ledger/kernel/transact.ts';

/** Who did something, and from where. */
export interface AuditOrigin {
  readonly actor: { readonly id: string | null; readonly name: string };
  readonly requestId?: string;
  readonly ip?: string;
}

/** What happened, as its maker knows it; the ledger adds number, time and hash. */
export interface AuditEntry extends AuditOrigin {
  readonly action: AuditAction;
  readonly outcome?: 'allowed' | 'denied';
  /** What it was done to: an id, a name or a path. */
  readonly target?: string;
  /** Full names of all tree nodes concerned. */
  readonly nodes?: readonly string[];
  readonly details?: Readonly<Record<string, unknown>>;
}

const chainLock = 0x5b_a0_d1;

/**
 * Has one row written for this transaction, of `transact`: with all its others, in order, next to each other in the chain,
 * when (and only when) it commits.
 */
export const audit = createCollector<AuditEntry>(appendRows);

/** What the platform does by itself. */
const bySystem: AuditOrigin = { actor: { id: null, name: 'system' } };

/** The part of a record that audits; `about` says what each row of a thing has. Without `by`: the platform by itself. */
export function auditOf<Thing>(
  about: (thing: Thing) => Pick<AuditEntry, 'target' | 'nodes' | 'details'>,
): RecordPart<Thing, Omit<AuditEntry, keyof AuditOrigin | 'target'> & { readonly by?: AuditOrigin }> {
  return (tx, thing, { by = bySystem, details, ...done }) => {
    const { details: always, ...rest } = about(thing);
    audit(tx, { ...by, ...rest, ...done, details: { ...always, ...details } });
  };
}

/** Adds the rows to the chain. From here to the commit, which is next, whoever else wants to add waits. */
async function appendRows(tx: Tx, entries: readonly AuditEntry[]): Promise<void> {
  await sql`select pg_advisory_xact_lock(${chainLock})`.execute(tx);
  const { rows } = await sql<{ id: string | null; hash: string | null; at: Date }>`
    select last.id, last.hash, date_trunc('milliseconds', clock_timestamp()) as at
    from (select 1) as one left join lateral (select id, hash from audit order by id desc limit 1) as last on true`.execute(
    tx,
  );
  const last = rows[0] ?? { id: null, hash: null, at: new Date() };
  const at = last.at.toISOString();
  let id = BigInt(last.id ?? '0');
  let prevHash = last.hash ?? firstPrevHash;
  const chained = entries.map((entry) => {
    const row = rowOf(entry, String(++id), at);
    const link = { row, prevHash, hash: auditHash(prevHash, row) };
    prevHash = link.hash;
    return link;
  });
  await tx
    .insertInto('audit')
    .values(
      chained.map(({ row, prevHash: before, hash }) => ({
        id: row.id,
        at: row.at,
        actor_id: row.actorId,
        actor_name: row.actorName,
        action: row.action,
        outcome: row.outcome,
        target: row.target,
        nodes: [...row.nodes],
        details: JSON.stringify(row.details),
        request_id: row.requestId,
        ip: row.ip,
        prev_hash: before,
        hash,
      })),
    )
    .execute();
}

function rowOf(entry: AuditEntry, id: string, at: string): AuditRow {
  return {
    id,
    at,
    actorId: entry.actor.id,
    actorName: storable(entry.actor.name),
    action: entry.action,
    outcome: entry.outcome ?? 'allowed',
    target: storable(entry.target ?? ''),
    nodes: [...new Set(entry.nodes)].map(storable),
    details: storableDetails(entry.details ?? {}),
    requestId: entry.requestId === undefined ? null : storable(entry.requestId),
    ip: entry.ip === undefined ? null : storable(entry.ip),
  };
}

/** Text as PostgreSQL keeps it: no NUL, no half surrogate pair. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

/** Details as they come back from jsonb, so that the hash can be computed again from what is stored. */
function storableDetails(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const text = JSON.stringify(details, (_, value: unknown) => (typeof value === 'string' ? storable(value) : value));
  return JSON.parse(text) as Record<string, unknown>;
}
