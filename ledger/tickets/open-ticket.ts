import { sql } from 'kysely';
import { changeKinds } from '#ledger/changes/change-kinds.ts';
import { contentHash } from '#ledger/changes/content-hash.ts';
import type { Tx } from '#db/database.ts';
import { announce } from '#ledger/notifications/announce.ts';
import type { ChangeContent } from '#domain/changes/change-kind.ts';
import type { ChangeKindName } from '#domain/names.ts';
import type { ApprovalFlow } from '#domain/changes/policy.ts';
import { defaultRunWindowMs, type TicketState } from '#domain/tickets/ticket.ts';
import { insertChange } from './insert-change.ts';
import { beginStep } from './step.ts';
import { appendTicketTimeline } from './ticket-timeline.ts';

export interface TicketToOpen {
  /** UUID version 7: lists go by id. */
  readonly id: string;
  readonly kind: ChangeKindName;
  readonly title: string;
  readonly requester: { readonly id: string; readonly name: string };
  /** The row that will be carried out, written already and waiting. */
  readonly subjectId: string;
  readonly nodes: readonly { readonly id: string; readonly fullName: string }[];
  readonly flow: ApprovalFlow;
  readonly runAt?: Date | undefined;
  /** Absent: an hour after `runAt`, or never. */
  readonly expiresAt?: Date | undefined;
  readonly now: Date;
}

/**
 * Opens the ticket of a change: its content is read from the rows that would be carried out, kept with its hash, and the
 * first step begins (without steps it is approved at once). The audit row is the caller's, who knows the request.
 */
export async function openTicket(tx: Tx, ticket: TicketToOpen): Promise<{ contentHash: string; state: TicketState }> {
  const { id, kind: kindName, title, requester, flow, now } = ticket;
  const kind = changeKinds(tx).get(kindName);
  const plan = await kind.plan(ticket.subjectId);
  const content: ChangeContent = {
    kind: kindName,
    schemaVersion: kind.schemaVersion,
    payload: plan.payload,
    targets: plan.targets,
    baseVersion: plan.baseVersion,
    runAt: ticket.runAt?.toISOString() ?? null,
  };
  const hash = contentHash(content);
  await tx
    .insertInto('ticket')
    .values({
      id,
      kind: kindName,
      title,
      state: 'pending',
      requester_id: requester.id,
      requester_name: requester.name,
      nodes: ticket.nodes.map((node) => node.fullName),
      subject_id: ticket.subjectId,
      content_hash: hash,
      step_since: now,
      run_at: ticket.runAt ?? null,
      expires_at: ticket.expiresAt ?? (ticket.runAt && new Date(ticket.runAt.getTime() + defaultRunWindowMs)) ?? null,
      result: null,
      reason: null,
    })
    .execute();
  await sql`insert into ticket_node (ticket_id, node_id)
    select ${id}::uuid, node.id from unnest(${ticket.nodes.map((node) => node.id)}::bigint[]) as node (id)
    on conflict do nothing`.execute(tx);
  const change = { version: 1, content, contentHash: hash, flow, risk: plan.risk };
  await insertChange(tx, { ticketId: id, ...change, why: 'submitted', madeBy: requester.name });
  const details = { kind: kindName, contentHash: hash, steps: flow.steps.length };
  await appendTicketTimeline(tx, { ticketId: id, version: 1, kind: 'opened', actor: requester.name, details });
  const told = { requester: requester.name, nodes: ticket.nodes.map((node) => node.fullName), contentHash: hash };
  await announce(tx, { kind: 'ticket.opened', subject: { noun: 'ticket', id }, title, userIds: [], details: told });
  await beginStep(tx, id, { step: 0, now });
  const { state } = await tx.selectFrom('ticket').select('state').where('id', '=', id).executeTakeFirstOrThrow();
  return { contentHash: hash, state };
}
