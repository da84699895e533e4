import type { Tx } from '#db/database.ts';
import type { ChangeContent, Risk } from '#domain/changes/change-kind.ts';
import type { ApprovalFlow } from '#domain/changes/policy.ts';
import type { Reason } from '#domain/reasons.ts';

/** Keeps one version of what a ticket asks for, to the letter, with what policy said of it. */
export async function insertVersion(
  tx: Tx,
  change: {
    ticketId: string;
    version: number;
    content: ChangeContent;
    contentHash: string;
    flow: ApprovalFlow;
    risk: Risk;
    why: readonly Reason[];
    madeBy: string;
  },
): Promise<void> {
  await tx
    .insertInto('change_version')
    .values({
      ticket_id: change.ticketId,
      version: change.version,
      kind: change.content.kind,
      content: JSON.stringify(change.content),
      content_hash: change.contentHash,
      risk: change.risk,
      flow: JSON.stringify(change.flow),
      made_by: change.madeBy,
      why: JSON.stringify(change.why),
    })
    .execute();
}
