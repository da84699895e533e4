import { sql } from 'kysely';
import type { Database, Tx } from '#db/database.ts';
import { isUuid } from '#db/is-uuid.ts';
import type { ChangeContent, ChangeResult, Risk } from '#domain/changes/change-kind.ts';
import type { ChangeKindName } from '#domain/names.ts';
import type { ApprovalFlow } from '#domain/changes/policy.ts';
import { Problem } from '#domain/errors.ts';
import type { TicketState } from '#domain/tickets/ticket.ts';
import { because, type Reason } from '#domain/reasons.ts';

/** A ticket with the flow of its current version; without the content, which may be long. */
export interface TicketPosition {
  readonly id: string;
  readonly kind: ChangeKindName;
  readonly title: string;
  readonly state: TicketState;
  readonly requesterId: string;
  readonly requesterName: string;
  /** The first few. */
  readonly nodes: readonly string[];
  readonly subjectId: string;
  readonly version: number;
  readonly contentHash: string;
  /** Steps that are passed; also the index (from 0) of the current one. */
  readonly step: number;
  /** Of the current step. */
  readonly escalated: boolean;
  readonly stepSince: Date;
  readonly remindAt: Date | null;
  readonly timeoutAt: Date | null;
  readonly runAt: Date | null;
  readonly expiresAt: Date | null;
  readonly result: ChangeResult | null;
  readonly reason: Reason | null;
  readonly createdAt: Date;
  readonly appliedAt: Date | null;
  readonly endedAt: Date | null;
  readonly advancedAt: Date | null;
  /** Of the current version, as stored with it. */
  readonly change: {
    readonly contentHash: string;
    readonly flow: ApprovalFlow;
    readonly risk: Risk;
  };
}

/** A ticket with its current version in full, held until the transaction ends. */
export interface LockedTicket extends TicketPosition {
  readonly change: TicketPosition['change'] & { readonly content: ChangeContent };
}

/** Locks the ticket's row: whoever decides on it or moves it holds it. Throws `not-found` (no-such-ticket) where there is none. */
export async function lockTicket(tx: Tx, ticketId: string): Promise<LockedTicket> {
  const position = await lockTicketPosition(tx, ticketId);
  const { content } = await tx
    .selectFrom('change_version')
    .select('content')
    .where('ticket_id', '=', position.id)
    .where('version', '=', position.version)
    .executeTakeFirstOrThrow();
  return { ...position, change: { ...position.change, content } };
}

/** Locks the ticket's row without reading its content. Throws `not-found` (no-such-ticket) where there is none. */
export async function lockTicketPosition(tx: Tx, ticketId: string): Promise<TicketPosition> {
  // The lock first, by itself: what is read after it is what the transaction before has committed.
  if (isUuid(ticketId)) await sql`select from ticket where id = ${ticketId}::uuid for no key update`.execute(tx);
  return readTicketPosition(tx, ticketId);
}

/** Without `nodes`, which may be many. */
const positionColumns = [
  'ticket.id',
  'ticket.kind',
  'ticket.title',
  'ticket.state',
  'ticket.requester_id',
  'ticket.requester_name',
  'ticket.first_nodes',
  'ticket.subject_id',
  'ticket.version',
  'ticket.content_hash',
  'ticket.step',
  'ticket.escalated',
  'ticket.step_since',
  'ticket.remind_at',
  'ticket.timeout_at',
  'ticket.run_at',
  'ticket.expires_at',
  'ticket.result',
  'ticket.reason',
  'ticket.created_at',
  'ticket.applied_at',
  'ticket.ended_at',
  'ticket.advanced_at',
] as const;

/** The ticket as it stands. Throws `not-found` (no-such-ticket) where there is none. */
export async function readTicketPosition(db: Database, ticketId: string): Promise<TicketPosition> {
  const row = isUuid(ticketId)
    ? await db
        .selectFrom('ticket')
        .innerJoin('change_version', (join) =>
          join
            .onRef('change_version.ticket_id', '=', 'ticket.id')
            .onRef('change_version.version', '=', 'ticket.version'),
        )
        .select(positionColumns)
        .select(['change_version.flow', 'change_version.risk', 'change_version.content_hash as changeHash'])
        .where('ticket.id', '=', ticketId)
        .executeTakeFirst()
    : undefined;
  if (row === undefined) throw new Problem('not-found', because('no-such-ticket'));
  return {
    id: row.id,
    kind: row.kind,
    title: row.title,
    state: row.state,
    requesterId: row.requester_id,
    requesterName: row.requester_name,
    nodes: row.first_nodes,
    subjectId: row.subject_id,
    version: row.version,
    contentHash: row.content_hash,
    step: row.step,
    escalated: row.escalated,
    stepSince: row.step_since,
    remindAt: row.remind_at,
    timeoutAt: row.timeout_at,
    runAt: row.run_at,
    expiresAt: row.expires_at,
    result: row.result,
    reason: row.reason,
    createdAt: row.created_at,
    appliedAt: row.applied_at,
    endedAt: row.ended_at,
    advancedAt: row.advanced_at,
    change: { contentHash: row.changeHash, flow: row.flow, risk: row.risk },
  };
}
