import { contentHash } from '#ledger/changes/content.ts';
import type { Tx } from '#db/database.ts';
import type { ChangePlan } from '#domain/changes/change-kind.ts';
import type { LockedTicket } from './lock-ticket.ts';

/**
 * Whether what would run is to the letter what was approved: the rows that would be carried out, the content as kept, the
 * hashes on ticket, version and every decision that counts, and the run time. What is not, as a phrase; undefined where
 * all is well. A plan that is not there is the caller's to judge.
 */
export async function findAlteration(
  tx: Tx,
  ticket: LockedTicket,
  plan: ChangePlan | undefined,
): Promise<string | undefined> {
  const { content, flow } = ticket.change;
  const approved = ticket.change.contentHash;
  if (ticket.contentHash !== approved) return 'the hash on the ticket is not the one of its version';
  if (contentHash(content, flow) !== approved)
    return 'the content that was kept does not have the hash that was approved';
  if (content.kind !== ticket.kind) return 'the kind of the ticket is not the approved one';
  if ((ticket.runAt?.toISOString() ?? null) !== content.runAt) return 'the run time is not the approved one';
  if (plan !== undefined) {
    const now = contentHash({ ...content, payload: plan.payload, targets: plan.targets }, flow);
    if (now !== approved) return 'what would run is not what was approved';
  }
  const other = await tx
    .selectFrom('ticket_decision')
    .select('actor_name')
    .where('ticket_id', '=', ticket.id)
    .where('version', '=', ticket.version)
    .where('void_reason', 'is', null)
    .where('content_hash', '<>', approved)
    .limit(1)
    .executeTakeFirst();
  return other === undefined ? undefined : `the decision of ${other.actor_name} is for other content`;
}
