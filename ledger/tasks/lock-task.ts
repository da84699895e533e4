import { sql } from 'kysely';
import { isUuid } from '#db/is-uuid.ts';
import type { Tx } from '#db/database.ts';
import { Problem } from '#domain/errors.ts';
import type { AdvanceResult } from '#domain/tasks/ports.ts';
import type { TaskCounts } from '#domain/tasks/host-run.ts';
import type { TaskState, TaskStrategy } from '#domain/tasks/task.ts';
import { because } from '#domain/reasons.ts';

/** A task's row, held until the transaction ends: whoever moves the task or its waiting hosts holds it. */
export interface LockedTask {
  readonly id: string;
  readonly title: string;
  readonly state: TaskState;
  readonly strategy: TaskStrategy;
  readonly requester: string;
  /** The first few. */
  readonly nodes: readonly string[];
  /** The ticket that decides, or decided, whether it runs. */
  readonly ticketId: string | null;
  readonly step: number;
  readonly counts: TaskCounts;
  readonly lastAdvance: AdvanceResult | null;
  /** Since it was submitted, by the ledger's clock. */
  readonly ageMs: number;
}

/** Locks the task. Throws `not-found` where there is none. */
export async function lockTask(tx: Tx, taskId: string): Promise<LockedTask> {
  const row = isUuid(taskId)
    ? await tx
        .selectFrom('task')
        .select(['id', 'title', 'state', 'strategy', 'requester_name', 'ticket_id', 'step', 'counts', 'last_advance'])
        .select('first_nodes')
        .select(sql<number>`(extract(epoch from ledger_now() - created_at) * 1000)::float8`.as('age_ms'))
        .where('id', '=', taskId)
        .forNoKeyUpdate()
        .executeTakeFirst()
    : undefined;
  if (row === undefined) throw new Problem('not-found', because('no-such-task'));
  return {
    id: row.id,
    title: row.title,
    state: row.state,
    strategy: row.strategy,
    requester: row.requester_name,
    nodes: row.first_nodes,
    ticketId: row.ticket_id,
    step: row.step,
    counts: row.counts,
    lastAdvance: row.last_advance,
    ageMs: row.age_ms,
  };
}
