import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { ChangeState } from '#domain/changes/change-kind.ts';
import type { Reason } from '#domain/reasons.ts';
import type { FiringState } from '#domain/schedules/schedule.ts';

/** What became of one time at which a schedule was due. Times are ISO 8601 in UTC. */
export interface FiringSummary {
  readonly dueAt: string;
  readonly state: FiringState;
  readonly byHand: boolean;
  readonly decidedAt: string;
  /** What it has started, and how that stands. */
  readonly subjectId: string | null;
  readonly ticketId: string | null;
  readonly changeState: ChangeState | null;
  readonly reason: Reason | null;
}

/** Firings of a schedule, newest first, from before `before`; `at`: the one of this time. */
export async function listFirings(
  db: Database,
  scheduleId: string,
  page: {
    states?: readonly FiringState[] | undefined;
    before?: string | undefined;
    at?: string | undefined;
    limit: number;
  },
): Promise<FiringSummary[]> {
  const before = page.before === undefined ? sql`true` : sql`f.due_at < ${page.before}::timestamptz`;
  const at = page.at === undefined ? sql`true` : sql`f.due_at = ${page.at}::timestamptz`;
  const states = page.states === undefined ? sql`true` : sql`f.state = any (${[...page.states]}::text[])`;
  const { rows } = await sql<Omit<FiringSummary, 'dueAt' | 'decidedAt'> & { dueAt: Date; decidedAt: Date }>`
    select f.due_at as "dueAt", f.state, f.by_hand as "byHand", f.decided_at as "decidedAt", f.subject_id as "subjectId",
      f.ticket_id as "ticketId", c.state as "changeState", f.reason
    from firing f left join change c on c.subject_id = f.subject_id
    where f.schedule_id = ${scheduleId}::uuid and ${before} and ${at} and ${states}
    order by f.due_at desc limit ${page.limit}`.execute(db);
  return rows.map((row) => ({ ...row, dueAt: row.dueAt.toISOString(), decidedAt: row.decidedAt.toISOString() }));
}
