import { sql } from 'kysely';
import { contentHash } from '#ledger/changes/content.ts';
import type { Tx } from '#db/database.ts';
import type { ChangeContent, Risk } from '#domain/changes/change-kind.ts';
import type { ApprovalFlow } from '#domain/changes/policy.ts';
import type { Reason } from '#domain/reasons.ts';
import { insertVersion } from './insert-version.ts';
import { beginStep } from './step.ts';

export interface NewVersion {
  readonly content: ChangeContent;
  readonly flow: ApprovalFlow;
  readonly risk: Risk;
  /** What led to it. */
  readonly why: readonly Reason[];
  readonly madeBy: string;
  /** Why decisions of the version before no longer count. */
  readonly voided: readonly Reason[];
  readonly now: Date;
}

/**
 * Asks for other content than before: a version more with its own hash and flow, every decision so far void, and the first
 * step begins. The caller holds the ticket's lock and has written the line of the timeline.
 */
export async function newVersion(tx: Tx, ticketId: string, change: NewVersion): Promise<void> {
  const hash = contentHash(change.content, change.flow);
  await tx
    .updateTable('ticket_decision')
    .set({ voided: JSON.stringify(change.voided) })
    .where('ticket_id', '=', ticketId)
    .where('voided', 'is', null)
    .execute();
  const { version } = await tx
    .updateTable('ticket')
    .set({ version: sql<number>`version + 1`, content_hash: hash })
    .where('id', '=', ticketId)
    .returning('version')
    .executeTakeFirstOrThrow();
  await insertVersion(tx, { ticketId, version, contentHash: hash, ...change });
  await beginStep(tx, ticketId, { step: 0, now: change.now });
}
