import { contentHash } from '#ledger/changes/content.ts';
import type { Tx } from '#db/database.ts';
import type { ChangePlan } from '#domain/changes/change-kind.ts';
import { because, type Reason } from '#domain/reasons.ts';
import type { LockedTicket } from './lock-ticket.ts';

/**
 * Whether what would run is to the letter what was approved: the rows that would be carried out, the content as kept, the
 * hashes on ticket, version and every decision that counts, and the run time. Says what is not; undefined where all is
 * well. A plan that is not there is the caller's to judge.
 */
export async function findAlteration(
  tx: Tx,
  ticket: LockedTicket,
  plan: ChangePlan | undefined,
): Promise<Reason | undefined> {
  const { content, flow } = ticket.change;
  const approved = ticket.change.contentHash;
  if (ticket.contentHash !== approved) return because('altered-hash');
  if (contentHash(content, flow) !== approved) return because('altered-content');
  if (content.kind !== ticket.kind) return because('altered-kind');
  if ((ticket.runAt?.toISOString() ?? null) !== content.runAt) return because('altered-run-time');
  if (plan !== undefined) {
    const now = contentHash({ ...content, payload: plan.payload, targets: plan.targets }, flow);
    if (now !== approved) return because('altered-subject');
  }
  const other = await tx
    .selectFrom('ticket_decision')
    .select('actor_name')
    .where('ticket_id', '=', ticket.id)
    .where('version', '=', ticket.version)
    .where('voided', 'is', null)
    .where('content_hash', '<>', approved)
    .limit(1)
    .executeTakeFirst();
  return other === undefined ? undefined : because('altered-decision', { by: other.actor_name });
}
