import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import { type HostRunEnd, type HostRunState, nextHostRunState, statesBefore } from '#domain/tasks/host-run.ts';
import { record } from './record.ts';

/** Which session speaks: only the agent's current one may write. */
export interface SessionKey {
  readonly agentId: string;
  readonly epoch: number;
}

/** An agent's word that it has a command on its disk. */
export interface CommandAcknowledgement extends SessionKey {
  readonly kind: 'run' | 'kill' | 'revoke';
  readonly runId: string;
  readonly seq: number;
}

/** Output of one stream, as the agent kept it. */
export interface ReportedOutput {
  readonly head: Buffer;
  readonly tail: Buffer;
  readonly totalBytes: number;
}

/** How a run ended, as its agent says. Times are the agent's. */
export interface RunReport extends SessionKey {
  readonly runId: string;
  readonly end: HostRunEnd;
  readonly code: number;
  /** What the host adds to the code. */
  readonly detail: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly stdout: ReportedOutput;
  readonly stderr: ReportedOutput;
}

/**
 * What became of a report. `stored`, `late` (the run was lost and has its true result now) and `duplicate` (it had
 * ended before) may be confirmed to the agent; `foreign` and `unknown-run` are offences; `stale-session` wrote nothing.
 */
export type ReportVerdict = 'stored' | 'late' | 'duplicate' | 'foreign' | 'unknown-run' | 'stale-session';

export interface StoredReport {
  readonly verdict: ReportVerdict;
  /** Known unless the run is. */
  readonly taskId: string | undefined;
}

/**
 * Writes acknowledgements: dispatched → running for a run, a time for a kill or a revocation. Repeats, ends and other
 * agents' runs change nothing.
 */
export async function storeAcknowledgements(
  tx: Tx,
  gatewayId: string,
  acks: readonly CommandAcknowledgement[],
): Promise<void> {
  for (const kind of ['run', 'kill', 'revoke'] as const) {
    const some = acks.filter((ack) => ack.kind === kind);
    if (some.length === 0) continue;
    const seqColumn = sql.ref(kind === 'run' ? 'h.seq' : `h.${kind}_seq`);
    const ackedColumn = sql.ref(kind === 'run' ? 'acked_at' : `${kind}_acked_at`);
    const state =
      kind === 'run'
        ? sql`, state = case when h.state = any(${statesBefore('ack')}::text[]) then 'running' else h.state end`
        : sql``;
    await sql`
      with mine as (
        select h.id from unnest(${some.map((ack) => ack.runId)}::uuid[], ${some.map((ack) => ack.seq)}::bigint[],
          ${some.map((ack) => ack.agentId)}::uuid[], ${some.map((ack) => ack.epoch)}::bigint[]) as i(run_id, seq, agent_id, epoch)
        join agent a on a.id = i.agent_id and a.epoch = i.epoch and a.gateway_id = ${gatewayId}
        join host_run h on h.id = i.run_id and h.agent_id = i.agent_id and ${seqColumn} = i.seq
        where h.${ackedColumn} is null
        order by h.id for no key update of h)
      update host_run h set ${ackedColumn} = ledger_now() ${state} from mine where h.id = mine.id`.execute(tx);
  }
}

/** Writes reports in one go; the answer has one entry per report, in order. */
export async function storeReports(tx: Tx, gatewayId: string, reports: readonly RunReport[]): Promise<StoredReport[]> {
  const found = await lockReportedRuns(tx, gatewayId, reports);
  const ended = new Map<string, { report: RunReport; state: HostRunState; late: boolean }>();
  const answers = reports.map((report, index): StoredReport => {
    const row = found.get(index);
    if (row === undefined) return { verdict: 'unknown-run', taskId: undefined };
    if (row.agent_id !== report.agentId) return { verdict: 'foreign', taskId: row.task_id };
    if (!row.current_session) return { verdict: 'stale-session', taskId: row.task_id };
    const state = nextHostRunState(row.state, { type: 'report', end: report.end });
    if (state === undefined || ended.has(report.runId)) return { verdict: 'duplicate', taskId: row.task_id };
    const late = row.state === 'lost';
    ended.set(report.runId, { report, state, late });
    return { verdict: late ? 'late' : 'stored', taskId: row.task_id };
  });
  if (ended.size > 0) {
    await endRuns(tx, [...ended.values()]);
    await keepOutputs(
      tx,
      [...ended.values()].map(({ report }) => report),
    );
  }
  return answers;
}

interface ReportedRow {
  ord: string;
  task_id: string;
  agent_id: string | null;
  state: HostRunState;
  current_session: boolean;
}

async function lockReportedRuns(
  tx: Tx,
  gatewayId: string,
  reports: readonly RunReport[],
): Promise<Map<number, ReportedRow>> {
  const { rows } = await sql<ReportedRow>`
    select i.ord, h.task_id, h.agent_id, h.state, a.id is not null as current_session
    from unnest(${reports.map((report) => report.runId)}::uuid[], ${reports.map((report) => report.agentId)}::uuid[],
      ${reports.map((report) => report.epoch)}::bigint[]) with ordinality as i(run_id, agent_id, epoch, ord)
    left join agent a on a.id = i.agent_id and a.epoch = i.epoch and a.gateway_id = ${gatewayId}
    join host_run h on h.id = i.run_id
    order by h.id for no key update of h`.execute(tx);
  return new Map(rows.map((row) => [Number(row.ord) - 1, row]));
}

async function endRuns(
  tx: Tx,
  ends: readonly { report: RunReport; state: HostRunState; late: boolean }[],
): Promise<void> {
  const column = <T>(value: (report: RunReport) => T) => ends.map(({ report }) => value(report));
  await sql`
    update host_run h set state = i.state, late = i.late, code = i.code, detail = i.detail, exit_code = i.exit_code, signal = i.signal,
      started_at = i.started_at, finished_at = i.finished_at, stdout_bytes = i.stdout_bytes, stderr_bytes = i.stderr_bytes,
      reported_at = ledger_now(), acked_at = coalesce(h.acked_at, ledger_now())
    from unnest(${column((r) => r.runId)}::uuid[], ${ends.map((end) => end.state)}::text[], ${ends.map((end) => end.late)}::boolean[],
      ${column((r) => r.code)}::int[], ${column((r) => r.detail)}::text[], ${column((r) => r.exitCode)}::int[],
      ${column((r) => r.signal)}::text[], ${column((r) => r.startedAt)}::timestamptz[], ${column((r) => r.finishedAt)}::timestamptz[],
      ${column((r) => r.stdout.totalBytes)}::bigint[], ${column((r) => r.stderr.totalBytes)}::bigint[])
      as i(id, state, late, code, detail, exit_code, signal, started_at, finished_at, stdout_bytes, stderr_bytes)
    where h.id = i.id`.execute(tx);
  const late = ends.filter((end) => end.late);
  if (late.length === 0) return;
  const { rows } = await sql<{ id: string; runs: { host: string; attempt: number; state: HostRunState }[] }>`
    select h.task_id as id, jsonb_agg(jsonb_build_object('host', h.host, 'attempt', h.attempt, 'state', h.state)) as runs
    from host_run h where h.id = any(${late.map((end) => end.report.runId)}::uuid[])
    group by h.task_id order by h.task_id`.execute(tx);
  for (const { runs, ...task } of rows) {
    await record(tx, task, { story: runs.map((details) => ({ kind: 'late-result', details })) });
  }
}

/** A stream that said nothing has no row. */
async function keepOutputs(tx: Tx, reports: readonly RunReport[]): Promise<void> {
  const outputs = reports.flatMap((report) =>
    (['stdout', 'stderr'] as const).map((stream) => ({ runId: report.runId, stream, ...report[stream] })),
  );
  const some = outputs.filter((output) => output.totalBytes > 0);
  if (some.length === 0) return;
  await sql`
    insert into host_output (host_run_id, stream, head, tail, total_bytes)
    select * from unnest(${some.map((o) => o.runId)}::uuid[], ${some.map((o) => o.stream)}::text[], ${some.map((o) => o.head)}::bytea[],
      ${some.map((o) => o.tail)}::bytea[], ${some.map((o) => o.totalBytes)}::bigint[])
    on conflict do nothing`.execute(tx);
}
