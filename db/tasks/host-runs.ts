import { sql } from 'kysely';
import { canonicalAddress, readsAsAddress } from '#domain/agents/address.ts';
import type { Database } from '#db/database.ts';
import { type HostRunGroup, hostRunGroups, type HostRunState } from '#domain/tasks/host-run.ts';
import { containing } from '#db/search-pattern.ts';

/** A host of a task, its latest attempt. Times are ISO 8601 in UTC (started, finished: the agent's clock). */
export interface HostRunRow {
  readonly id: string;
  /** Place in the order of hand-out; the key to page by. */
  readonly ord: number;
  readonly host: string;
  readonly address: string;
  readonly agentId: string | null;
  readonly state: HostRunState;
  readonly attempt: number;
  readonly code: number | null;
  /** What the host adds to the code: the missing user, the faulty program. */
  readonly detail: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The result of a lost run came after all. */
  readonly late: boolean;
  readonly dispatchedAt: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly durationMs: number | null;
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
}

export interface HostRunFilter {
  readonly groups?: readonly HostRunGroup[];
  readonly states?: readonly HostRunState[];
  /** Part of the host's name or address, any case. */
  readonly search?: string;
}

/** Hosts of a task in the order of hand-out, from after the place `after`. */
export async function listHostRuns(
  db: Database,
  taskId: string,
  filter: HostRunFilter,
  page: { after?: number; limit: number },
): Promise<HostRunRow[]> {
  let query = db
    .selectFrom('host_run')
    .select([
      'id',
      'ord',
      'host',
      'address',
      'agent_id',
      'state',
      'attempt',
      'code',
      'detail',
      'exit_code',
      'signal',
      'late',
    ])
    .select(['dispatched_at', 'started_at', 'finished_at', 'stdout_bytes', 'stderr_bytes'])
    .where('task_id', '=', taskId)
    .where('current', '=', true)
    .orderBy('ord')
    .limit(page.limit);
  if (page.after !== undefined) query = query.where('ord', '>', page.after);
  if (filter.groups !== undefined) {
    query = query.where(
      'state',
      'in',
      filter.groups.flatMap((group): readonly HostRunState[] => hostRunGroups[group]),
    );
  }
  if (filter.states !== undefined) query = query.where('state', 'in', [...filter.states]);
  if (filter.search !== undefined && filter.search !== '') {
    const pattern = containing(filter.search);
    query = query.where((eb) => eb.or([eb('host', 'ilike', pattern), eb('address', 'ilike', pattern)]));
  }
  const rows = await query.execute();
  return rows.map((row) => ({
    id: row.id,
    ord: row.ord,
    host: row.host,
    address: row.address,
    agentId: row.agent_id,
    state: row.state,
    attempt: row.attempt,
    code: row.code,
    detail: row.detail,
    exitCode: row.exit_code,
    signal: row.signal,
    late: row.late,
    dispatchedAt: row.dispatched_at?.toISOString() ?? null,
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    durationMs:
      row.started_at === null || row.finished_at === null
        ? null
        : Math.max(0, row.finished_at.getTime() - row.started_at.getTime()),
    stdoutBytes: Number(row.stdout_bytes),
    stderrBytes: Number(row.stderr_bytes),
  }));
}

/** What was kept of one stream. Where `totalBytes` is more than head and tail hold, the middle was cut. */
export interface HostRunOutput {
  readonly head: Buffer;
  readonly tail: Buffer;
  readonly totalBytes: number;
}

/**
 * The output of a host by its name (in any case) or address as the task knows it (latest attempt unless one is named), and
 * how many hosts of the task that means: none, one, or several that share an address, of which none is chosen. It is empty
 * where nothing was stored.
 */
export async function readHostOutput(
  db: Database,
  key: { taskId: string; host: string; stream: 'stdout' | 'stderr'; attempt?: number },
): Promise<{ readonly hosts: number; readonly output?: HostRunOutput }> {
  const { rows } = await sql<{ hosts: number; head: Buffer | null; tail: Buffer | null; total_bytes: string | null }>`
    with meant as (
      select run.id, lower(run.host) = lower(${key.host}) as named from host_run as run
      where run.task_id = ${key.taskId}::uuid
        and (lower(run.host) = lower(${key.host}) or run.address = ${canonicalAddress(key.host) ?? key.host})
        and ${key.attempt === undefined ? sql`run.current` : sql`run.attempt = ${key.attempt}`}),
    chosen as (
      select id from meant where named or ${readsAsAddress(key.host)} or not exists (select 1 from meant where named))
    select (select count(*)::int from chosen) as hosts, output.head, output.tail, output.total_bytes
    from chosen left join host_output as output on output.host_run_id = chosen.id and output.stream = ${key.stream}
    limit 1`.execute(db);
  const row = rows[0];
  if (row === undefined || row.hosts > 1) return { hosts: row?.hosts ?? 0 };
  const { head, tail, total_bytes } = row;
  const none = Buffer.alloc(0);
  return { hosts: 1, output: { head: head ?? none, tail: tail ?? none, totalBytes: Number(total_bytes ?? 0) } };
}
