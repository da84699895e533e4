import { sql } from 'kysely';
import { contentHash, contentOf } from '#ledger/changes/content.ts';
import type { TicketToOpen } from '#ledger/changes/propose.ts';
import type { Tx } from '#db/database.ts';
import type { ChangeKinds } from '#domain/changes/change-kind.ts';
import { defaultRunWindowMs } from '#domain/changes/run-window.ts';
import type { TicketState } from '#domain/tickets/ticket.ts';
import { firstNodes } from '#domain/tree/node.ts';
import { insertVersion } from './insert-version.ts';
import { beginStep } from './step.ts';
import { record } from './record.ts';

/**
 * Opens the ticket of a change: its content is read from the rows that would be carried out, kept with its hash, and the
 * first step begins (without steps it is approved at once). The audit row is the caller's, who knows the request.
 */
export async function openTicket(
  tx: Tx,
  kinds: ChangeKinds,
  ticket: TicketToOpen,
): Promise<{ contentHash: string; state: TicketState }> {
  const { id, kind: kindName, title, requester, flow, now } = ticket;
  const kind = kinds[kindName];
  const plan = await kind.plan(ticket.subjectId);
  const content = contentOf(kind, plan, ticket.runAt ?? null);
  const hash = contentHash(content, flow);
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
  await insertVersion(tx, { ticketId: id, ...change, why: [], madeBy: requester.name });
  const details = { kind: kindName, contentHash: hash, steps: flow.steps.length };
  const nodes = ticket.nodes.map((node) => node.fullName);
  await record(
    tx,
    { id, version: 1, title, nodes },
    {
      story: [{ kind: 'opened', actor: requester.name, details }],
      announce: {
        kind: 'ticket.opened',
        userIds: [],
        details: { requester: requester.name, nodes: firstNodes(nodes), contentHash: hash },
      },
    },
  );
  await beginStep(tx, id, { step: 0, now });
  const { state } = await tx.selectFrom('ticket').select('state').where('id', '=', id).executeTakeFirstOrThrow();
  return { contentHash: hash, state };
}
