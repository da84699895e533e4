import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { ChangeKindName } from '#domain/names.ts';
import type { Risk } from '#domain/changes/change-kind.ts';
import type { TicketState } from '#domain/tickets/ticket.ts';

/** A ticket as lists show it. Times are ISO 8601 in UTC. */
export interface TicketSummary {
  readonly id: string;
  readonly kind: ChangeKindName;
  readonly title: string;
  readonly state: TicketState;
  readonly requester: string;
  /** Full names of the first few nodes, and how many there are. */
  readonly nodes: string[];
  readonly nodeCount: number;
  readonly version: number;
  readonly contentHash: string;
  readonly taskId: string | null;
  readonly risk: Risk;
  readonly stepsPassed: number;
  readonly steps: number;
  readonly mineToDecide: boolean;
  readonly createdAt: string;
  readonly timeoutAt: string | null;
  readonly runAt: string | null;
  readonly endedAt: string | null;
}

/** Who reads, with the principals under which tickets may wait for them. */
export interface TicketReader {
  readonly userId: string;
  readonly principals: readonly string[];
}

export interface TicketFilter {
  /**
   * `to-decide`: waits for the reader; `requested`: by the reader; `visible`: those too, what the reader has decided or
   * was added to, and tickets on a node at or below one of `nodeIds` (or everywhere).
   */
  readonly scope: 'to-decide' | 'requested' | { readonly visible: 'all' | { readonly nodeIds: readonly string[] } };
  readonly states?: readonly TicketState[];
  readonly kind?: ChangeKindName;
}

type SummaryRow = Omit<TicketSummary, 'createdAt' | 'timeoutAt' | 'runAt' | 'endedAt'> & {
  createdAt: Date;
  timeoutAt: Date | null;
  runAt: Date | null;
  endedAt: Date | null;
};

/** Tickets, newest first, from below the id `before`. Contents are not read. */
export async function listTickets(
  db: Database,
  reader: TicketReader,
  filter: TicketFilter,
  page: { before?: string | undefined; limit: number },
): Promise<TicketSummary[]> {
  const { rows } = await ticketListQuery(reader, filter, page).execute(db);
  return rows.map(toSummary);
}

/** The summary of one ticket, or undefined. */
export async function getTicketSummary(
  db: Database,
  reader: TicketReader,
  ticketId: string,
): Promise<TicketSummary | undefined> {
  const { rows } = await sql<SummaryRow>`
    select ${summaryColumns(reader)} from ticket t ${currentChange}
    where t.id = ${ticketId}::uuid`.execute(db);
  return rows[0] === undefined ? undefined : toSummary(rows[0]);
}

/** The statement behind {@link listTickets}, apart so that a test can look at its plan. */
export function ticketListQuery(
  reader: TicketReader,
  filter: TicketFilter,
  page: { before?: string | undefined; limit: number },
): RawBuilder<SummaryRow> {
  const conditions = [
    scopeCondition(reader, filter.scope),
    ...(page.before === undefined ? [] : [sql`t.id < ${page.before}::uuid`]),
    ...(filter.states === undefined ? [] : [sql`t.state = any (${[...filter.states]}::text[])`]),
    ...(filter.kind === undefined ? [] : [sql`t.kind = ${filter.kind}`]),
  ];
  // The page is cut first; flows, which may be long, are read for it alone.
  return sql<SummaryRow>`
    select ${summaryColumns(reader)}
    from (select t.* from ticket t where ${sql.join(conditions, sql` and `)} order by t.id desc limit ${page.limit}) t
      ${currentChange} order by t.id desc`;
}

// The limit keeps this a look-up per row, whatever the planner thinks of the tables.
const currentChange = sql`cross join lateral (
  select risk, flow from change_version where ticket_id = t.id and version = t.version limit 1) as c`;

function summaryColumns(reader: TicketReader): RawBuilder<unknown> {
  const { principals } = reader;
  return sql`t.id, t.kind, t.title, t.state, t.requester_name as requester, t.first_nodes as nodes,
    t.node_count as "nodeCount", t.version,
    t.content_hash as "contentHash", case when t.kind = 'task.run' then t.subject_id end as "taskId", c.risk,
    t.step as "stepsPassed", jsonb_array_length(c.flow -> 'steps') as steps,
    (t.state = 'pending' and coalesce((
      select true from ticket_waiting where ticket_id = t.id and principal = any (${[...principals]}::text[]) limit 1), false)
      and ${isForReader(reader)}) as "mineToDecide",
    t.created_at as "createdAt", case when t.state = 'pending' then t.timeout_at end as "timeoutAt",
    t.run_at as "runAt", t.ended_at as "endedAt"`;
}

function scopeCondition(reader: TicketReader, scope: TicketFilter['scope']): RawBuilder<unknown> {
  const waiting = sql`select ticket_id from ticket_waiting where principal = any (${[...reader.principals]}::text[])`;
  if (scope === 'to-decide') return sql`t.state = 'pending' and t.id in (${waiting}) and ${isForReader(reader)}`;
  if (scope === 'requested') return sql`t.requester_id = ${reader.userId}`;
  if (scope.visible === 'all') return sql`true`;
  return sql`t.id in (
    select id from ticket where requester_id = ${reader.userId}
    union select tn.ticket_id from ticket_node tn join node n on n.id = tn.node_id join node top on n.path <@ top.path
      where top.id = any (${[...scope.visible.nodeIds]}::bigint[])
    union ${waiting}
    union select ticket_id from ticket_decision where actor_id = ${reader.userId}
    union select ticket_id from ticket_approver where user_id = ${reader.userId})`;
}

/**
 * Whether a decision on ticket `t`, which waits for a principal of the reader, is still the reader's: not their own
 * request under four eyes, not handed on, not made already. The one rule behind the inbox and `mineToDecide`.
 */
function isForReader({ userId }: TicketReader): RawBuilder<boolean> {
  return sql<boolean>`(
    not (t.requester_id = ${userId} and coalesce((
      select (flow ->> 'fourEyes')::boolean from change_version where ticket_id = t.id and version = t.version), true))
    and not exists (select from ticket_approver gone
      where gone.ticket_id = t.id and gone.step = t.step and gone.user_id = ${userId} and not gone.may)
    and not exists (select from ticket_decision made
      where made.ticket_id = t.id and made.version = t.version and made.step = t.step and made.actor_id = ${userId}
        and made.voided is null))`;
}

function toSummary(row: SummaryRow): TicketSummary {
  return {
    ...row,
    createdAt: row.createdAt.toISOString(),
    timeoutAt: row.timeoutAt?.toISOString() ?? null,
    runAt: row.runAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}
