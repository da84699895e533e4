import { verifyAudit } from '#db/audit/audit-rows.ts';
import type { Database } from '#db/database.ts';
import { countByGroup, endStates, type HostRunState } from '#domain/tasks/host-run.ts';
import { isEndedTask } from '#domain/tasks/task.ts';
import type { Execution } from './journal.ts';
import { wrongCounts } from './task-counts.ts';

/** What the oracle read and found; `faults` is empty where every promise was kept. */
export interface Verdict {
  readonly tasks: number;
  readonly rows: number;
  readonly executions: number;
  readonly auditRows: number;
  readonly faults: string[];
}

/** Ends of a run that an agent started, by its own report. */
const ranOnce: readonly HostRunState[] = ['succeeded', 'failed', 'timed_out'];

/**
 * Invariants I1–I3 and the audit's, read from nothing but the ledger and the journals of those who ran the scripts:
 * every host run ended in one state; no script body ran twice, each reported one ran once, a revoked one never;
 * a task's counts are its rows'; each submission and each operation is in an unbroken audit.
 * `failedUnstarted` says which failed rows never ran (unknown hosts).
 */
export async function judge(
  db: Database,
  taskIds: readonly string[],
  journal: readonly Execution[],
  options: { mayStillRun?: boolean } = {},
): Promise<Verdict> {
  const faults: string[] = [];
  const starts = new Map<string, number>();
  for (const { runId } of journal) starts.set(runId, (starts.get(runId) ?? 0) + 1);
  for (const [runId, times] of starts) if (times > 1) faults.push(`run ${runId} was executed ${times} times`);

  for (const wrong of await wrongCounts(db)) faults.push(`counted otherwise than it is: ${JSON.stringify(wrong)}`);

  let rows = 0;
  const known = new Set<string>();
  for (const taskId of taskIds) {
    const task = await db.selectFrom('task').selectAll().where('id', '=', taskId).executeTakeFirst();
    if (task === undefined) {
      faults.push(`task ${taskId} is gone`);
      continue;
    }
    const runs = await db.selectFrom('host_run').selectAll().where('task_id', '=', taskId).execute();
    rows += runs.length;
    if (!isEndedTask(task.state) || task.ended_at === null) faults.push(`task ${taskId} is ${task.state}`);

    const byState: Partial<Record<HostRunState, number>> = {};
    let late = 0;
    for (const run of runs) {
      known.add(run.id);
      const name = `${run.host}/${run.attempt} of task ${taskId} (${run.id})`;
      const ended = (endStates as readonly HostRunState[]).includes(run.state);
      if (!ended && options.mayStillRun !== true) faults.push(`${name} is ${run.state}`);
      if (run.current) byState[run.state] = (byState[run.state] ?? 0) + 1;
      if (run.late) late += 1;
      const times = starts.get(run.id) ?? 0;
      if (ranOnce.includes(run.state) && run.started_at !== null && times !== 1) {
        faults.push(`${name} ended ${run.state} and was executed ${times} times`);
      }
      if (run.state === 'revoked' && times > 0) faults.push(`${name} was revoked and executed all the same`);
    }
    const counted = countByGroup(byState);
    for (const [group, count] of Object.entries(counted)) {
      const kept = task.counts[group as keyof typeof counted];
      if (kept !== count && late === 0) faults.push(`task ${taskId} says ${group} ${kept}, its rows ${count}`);
    }
    const hosts = await db
      .selectFrom('host_run')
      .select(({ fn }) => fn.count<string>('ord').distinct().as('n'))
      .where('task_id', '=', taskId)
      .executeTakeFirstOrThrow();
    if (Number(hosts.n) !== counted.total) faults.push(`task ${taskId} has ${hosts.n} hosts, ${counted.total} current`);
  }
  for (const runId of starts.keys()) {
    if (!known.has(runId) && runId !== '') {
      const row = await db.selectFrom('host_run').select('id').where('id', '=', runId).executeTakeFirst();
      if (row === undefined) faults.push(`run ${runId} was executed and is no row of the ledger`);
    }
  }

  const audit = await verifyAudit(db);
  if (audit.brokenAt !== undefined) faults.push(`the audit is broken at row ${audit.brokenAt}`);
  faults.push(...(await missingAudit(db, taskIds)));
  return { tasks: taskIds.length, rows, executions: journal.length, auditRows: audit.rows, faults };
}

async function missingAudit(db: Database, taskIds: readonly string[]): Promise<string[]> {
  if (taskIds.length === 0) return [];
  const audited = await db
    .selectFrom('audit')
    .select(['action', 'target'])
    .where('target', 'in', [...taskIds])
    .where('outcome', '=', 'allowed')
    .execute();
  const count = (taskId: string, action: string) =>
    audited.filter((row) => row.target === taskId && row.action === action).length;
  const faults: string[] = [];
  for (const taskId of taskIds) {
    if (count(taskId, 'task.run') !== 1)
      faults.push(`task ${taskId}: ${count(taskId, 'task.run')} audit rows of its start`);
  }
  const operations = await db
    .selectFrom('operation')
    .select(['subject_id', 'action'])
    .where('subject_id', 'in', [...taskIds])
    .execute();
  for (const { subject_id, action } of operations) {
    if (count(subject_id, `task.${action}`) === 0) faults.push(`task ${subject_id}: ${action} is not in the audit`);
  }
  return faults;
}
