import { canonicalJson } from '#domain/audit/canonical-json.ts';
import type { Tx } from '#db/database.ts';
import type { ChangeKind } from '#domain/changes/change-kind.ts';
import { contentOf } from '#ledger/changes/content.ts';
import type { PolicyVerdict } from '#domain/changes/policy.ts';
import type { Reason } from '#domain/reasons.ts';
import { newVersion } from './new-version.ts';
import type { LockedTicket } from './lock-ticket.ts';
import { record } from './record.ts';

/**
 * What was approved is no longer so: the subject is brought up to what there is now, and that is asked for as a new
 * version, with the approval that policy wants now. The caller holds the ticket's lock.
 */
export async function askAgain(
  tx: Tx,
  ticket: LockedTicket,
  again: { kind: ChangeKind; verdict: PolicyVerdict; why: readonly Reason[]; now: Date },
): Promise<void> {
  const { id: ticketId, subjectId, change } = ticket;
  const { kind, why, now } = again;
  const { flow } = again.verdict;
  await kind.refresh(subjectId);
  const plan = await kind.plan(subjectId);
  const content = contentOf(kind, plan, ticket.runAt);
  // Who was added for a step, or handed it on, did so for the steps as they were.
  if (canonicalJson(flow.steps) !== canonicalJson(change.flow.steps)) {
    await tx.deleteFrom('ticket_approver').where('ticket_id', '=', ticketId).execute();
  }
  const version = ticket.version + 1;
  await record(
    tx,
    { ...ticket, version },
    {
      story: [{ kind: 'asked-again', details: { why } }],
      announce: {
        kind: 'ticket.asked-again',
        userIds: [ticket.requesterId],
        details: { why, version, nodes: ticket.nodes },
      },
      audit: { action: 'ticket.asked-again', details: { why } },
    },
  );
  const made = { content, flow, risk: plan.risk, why, madeBy: 'system' };
  await newVersion(tx, ticketId, { ...made, voided: why, now });
}
