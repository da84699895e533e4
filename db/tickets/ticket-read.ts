import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { ChangeContent, Risk } from '#domain/changes/change-kind.ts';
import type { Reason } from '#domain/reasons.ts';

/** A decision as it was made. Steps count from 0. Times are ISO 8601 in UTC. */
export interface TicketDecision {
  readonly id: string;
  readonly version: number;
  readonly step: number;
  readonly verdict: 'approve' | 'reject' | 'pass';
  readonly actor: string;
  readonly message: string;
  readonly contentHash: string;
  readonly early: boolean;
  /** Why it no longer counts. */
  readonly voided: readonly Reason[] | null;
  readonly at: string;
}

/** Decisions at most that are read of one ticket: the newest. */
const maxDecisions = 1_000;

/** All decisions on all versions of a ticket, oldest first. */
export async function listTicketDecisions(db: Database, ticketId: string): Promise<TicketDecision[]> {
  const rows = await db
    .selectFrom('ticket_decision')
    .select(['id', 'version', 'step', 'verdict', 'actor_name as actor', 'message', 'early', 'voided', 'at'])
    .select(['content_hash as contentHash'])
    .where('ticket_id', '=', ticketId)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(maxDecisions)
    .execute();
  return rows.map((row) => ({ ...row, at: row.at.toISOString() })).toReversed();
}

/** What a version of a ticket asks for, with the first `targets` of its targets and how many there are. */
export interface TicketContent {
  readonly content: ChangeContent;
  readonly targetsTotal: number;
  readonly risk: Risk;
}

/** The content of a version of a ticket, cut to the first `targets` targets; undefined where there is no such version. */
export async function readTicketContent(
  db: Database,
  ticketId: string,
  version: number,
  targets: number,
): Promise<TicketContent | undefined> {
  const { rows } = await sql<TicketContent>`
    select jsonb_set(content, '{targets}', jsonb_path_query_array(content, '$.targets[0 to $last]',
             jsonb_build_object('last', ${targets - 1}::int))) as content,
      jsonb_array_length(content -> 'targets') as "targetsTotal", risk
    from change_version where ticket_id = ${ticketId}::uuid and version = ${version}::int`.execute(db);
  return rows[0];
}

/** Full names of all nodes that a ticket is about. */
export async function nodesOfTicket(db: Database, ticketId: string): Promise<readonly string[]> {
  const { nodes } = await db.selectFrom('ticket').select('nodes').where('id', '=', ticketId).executeTakeFirstOrThrow();
  return nodes;
}

/** One line of a ticket's story. `actor` is null for what the platform did by itself. Steps in `details` count from 0. */
export interface TicketTimelineEntry {
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly actor: string | null;
  readonly version: number;
  readonly details: Record<string, unknown>;
}

/** The story of a ticket, oldest first, from after the entry `after`. */
export async function readTicketTimeline(
  db: Database,
  ticketId: string,
  page: { after?: string | undefined; limit: number },
): Promise<TicketTimelineEntry[]> {
  let query = db
    .selectFrom('ticket_timeline')
    .select(['id', 'at', 'kind', 'actor', 'version', 'details'])
    .where('ticket_id', '=', ticketId)
    .orderBy('id')
    .limit(page.limit);
  if (page.after !== undefined) query = query.where('id', '>', page.after);
  const rows = await query.execute();
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
