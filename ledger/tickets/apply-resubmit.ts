import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import { contentOf } from '#ledger/changes/content.ts';
import { judgeChange } from '#ledger/changes/judge-change.ts';
import type { OperationToApply } from './check-operation.ts';
import { newVersion } from './new-version.ts';
import type { ResubmitDetails } from './request-again.ts';
import { record } from './record.ts';
import { because } from '#domain/reasons.ts';

/**
 * Puts other content in place of what was asked for: the subject's rows are replaced, policy is judged anew, and a new
 * version is made of the rows, for which everybody decides anew.
 */
export async function applyResubmit(
  tx: Tx,
  { kinds, ticket, operation, requested, now }: OperationToApply,
): Promise<void> {
  const kind = kinds[ticket.kind];
  if (requested === undefined || kind.revise === undefined) throw new Error('there is nothing to ask for anew');
  const { title, nodes, targets } = requested;
  const times = operation.details as unknown as ResubmitDetails;
  const runAt = timeOf(times.runAt);
  await kind.revise(ticket.subjectId, requested.content);
  await tx
    .updateTable('ticket')
    .set({
      title,
      nodes: nodes.map(({ fullName }) => fullName),
      run_at: runAt,
      expires_at: timeOf(times.expiresAt),
    })
    .where('id', '=', ticket.id)
    .execute();
  await tx.deleteFrom('ticket_node').where('ticket_id', '=', ticket.id).execute();
  await sql`insert into ticket_node (ticket_id, node_id)
    select ${ticket.id}::uuid, id from unnest(${nodes.map(({ id }) => id)}::bigint[]) as node (id)
    on conflict do nothing`.execute(tx);
  // The steps may be others: whoever was added for one of them was added for the version before.
  await tx.deleteFrom('ticket_approver').where('ticket_id', '=', ticket.id).execute();
  const plan = await kind.plan(ticket.subjectId);
  const touches = kind.touches({ targets, nodeIds: nodes.map(({ id }) => id) });
  const verdict = await judgeChange(tx, { kind: ticket.kind, ...touches });
  const line = {
    kind: 'resubmitted',
    actor: operation.actor.name,
    details: operation.message === '' ? {} : { message: operation.message },
  } as const;
  await record(tx, { ...ticket, version: ticket.version + 1 }, { story: [line] });
  await newVersion(tx, ticket.id, {
    content: contentOf(kind, plan, runAt),
    flow: verdict.flow,
    risk: plan.risk,
    why: [because('resubmitted')],
    madeBy: operation.actor.name,
    voided: [because('resubmitted')],
    now,
  });
}

function timeOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
