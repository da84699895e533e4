import { moveChange } from '#ledger/changes/change-row.ts';
import { judgeChange } from '#ledger/changes/judge-change.ts';
import type { KindsOn } from '#ledger/changes/kinds-on.ts';
import type { Database, Tx } from '#db/database.ts';
import { readLedgerNow } from '#db/ledger-now.ts';
import { transact } from '#ledger/kernel/transact.ts';
import type { ChangeContent, ChangeKind, ChangeKinds, ChangePlan } from '#domain/changes/change-kind.ts';
import { Problem } from '#domain/errors.ts';
import type { PolicyVerdict } from '#domain/changes/policy.ts';
import type { TicketStanding } from '#domain/tickets/ports.ts';
import { because, type Reason } from '#domain/reasons.ts';
import { firstNodes } from '#domain/tree/node.ts';
import { expireTicket } from './advance-ticket.ts';
import { askAgain } from './ask-again.ts';
import { findAlteration } from './find-alteration.ts';
import { endTicket } from './end-ticket.ts';
import { reopenForLostApprovers } from './lost-approvers.ts';
import { standingOf } from './standing.ts';
import { type LockedTicket, lockTicket } from './lock-ticket.ts';
import { record } from './record.ts';
import { clearWaiting } from './waiting.ts';

/**
 * Of an approved ticket whose time has come, in one transaction under the lock of its row and then of its subject's: looks
 * again at content, policy, drift, approvers and expiry. Then lets the subject go (`applying`), asks again (`pending`), or
 * ends the ticket. Any other ticket stays as it is. Throws `not-found` for an unknown ticket.
 */
export async function releaseTicket(
  db: Database,
  kindsOn: KindsOn,
  { ticketId }: { ticketId: string },
): Promise<TicketStanding> {
  return transact(db, async (tx) => {
    const kinds = kindsOn(tx);
    let ticket = await lockTicket(tx, ticketId);
    const now = await readLedgerNow(tx);
    // What was asked again may stand approved at once (enough approvals are left, nobody is asked any more): look again.
    for (let round = 0; round < mostRounds && isReady(ticket, now); round++) {
      if ((await releaseOnce(tx, kinds, ticket, now)) === 'over') break;
      ticket = await lockTicket(tx, ticketId);
    }
    return standingOf(tx, kinds, ticketId, now);
  });
}

/** More rounds than any ticket takes: one for what drifted, one for each step whose approvers are gone. */
const mostRounds = 20;

function isReady(ticket: LockedTicket, now: Date): boolean {
  const timeHasCome = ticket.runAt === null || ticket.runAt <= now;
  return timeHasCome && (ticket.state === 'approved' || ticket.state === 'scheduled');
}

/** One look: whether it was asked again, or is let go or ended. */
async function releaseOnce(
  tx: Tx,
  kinds: ChangeKinds,
  ticket: LockedTicket,
  now: Date,
): Promise<'over' | 'asked-again'> {
  const kind = kinds[ticket.kind];
  const plan = await planAgain(kind, ticket.subjectId);
  const altered = await findAlteration(tx, ticket, plan);
  if (altered !== undefined || plan === undefined) {
    await failAltered(tx, kinds, ticket, altered ?? because('subject-gone'), now);
    return 'over';
  }
  if (plan.impossible !== undefined) {
    const reason = plan.impossible;
    await endTicket(tx, kinds, ticket.id, { state: 'failed', reason, now, audit: 'ticket.failed' });
    return 'over';
  }
  const verdict = await judgeAgain(tx, kind, ticket, plan);
  if (verdict.mode === 'forbidden') {
    const { kind: name } = ticket;
    const node = verdict.decidedBy[0]?.node ?? undefined;
    const reason =
      node === undefined
        ? because('forbidden-anywhere-by-now', { kind: name })
        : because('forbidden-by-now', { kind: name, node });
    await endTicket(tx, kinds, ticket.id, { state: 'failed', reason, now, audit: 'ticket.failed' });
    return 'over';
  }
  if (ticket.expiresAt !== null && ticket.expiresAt <= now) {
    await expireTicket(tx, kinds, ticket, now);
    return 'over';
  }
  const why = whatChanged(ticket.change, kind, plan, verdict);
  if (why.length > 0) {
    await askAgain(tx, ticket, { kind, verdict, why, now });
    return 'asked-again';
  }
  if (await reopenForLostApprovers(tx, ticket, now)) return 'asked-again';
  await letGo(tx, ticket, kind, now);
  return 'over';
}

async function planAgain(kind: ChangeKind, subjectId: string): Promise<ChangePlan | undefined> {
  try {
    return await kind.plan(subjectId);
  } catch (error) {
    if (error instanceof Problem && error.type === 'not-found') return undefined;
    throw error;
  }
}

async function judgeAgain(tx: Tx, kind: ChangeKind, ticket: LockedTicket, plan: ChangePlan): Promise<PolicyVerdict> {
  const nodes = await tx.selectFrom('ticket_node').select('node_id').where('ticket_id', '=', ticket.id).execute();
  const touches = kind.touches({ targets: plan.targets, nodeIds: nodes.map((row) => row.node_id) });
  return judgeChange(tx, { kind: ticket.kind, ...touches });
}

/** Why everybody has to decide anew; empty where nothing has changed. */
function whatChanged(
  change: { readonly content: ChangeContent; readonly flow: { readonly policyVersion: string } },
  kind: ChangeKind,
  plan: ChangePlan,
  verdict: PolicyVerdict,
): Reason[] {
  return [
    kind.check(change.content, plan),
    kind.schemaVersion === change.content.schemaVersion ? undefined : because('kind-means-something-else'),
    verdict.mode === 'ticket' && verdict.flow.policyVersion !== change.flow.policyVersion
      ? because('policy-asks-again')
      : undefined,
  ].filter((reason) => reason !== undefined);
}

async function failAltered(tx: Tx, kinds: ChangeKinds, ticket: LockedTicket, reason: Reason, now: Date): Promise<void> {
  await endTicket(tx, kinds, ticket.id, {
    state: 'failed',
    reason,
    now,
    line: { kind: 'content-altered', details: { reason } },
    audit: 'ticket.content-altered',
  });
}

async function letGo(tx: Tx, ticket: LockedTicket, kind: ChangeKind, now: Date): Promise<void> {
  const { id: ticketId, version, contentHash } = ticket;
  await kind.apply(ticket.subjectId);
  await moveChange(tx, ticket.subjectId, 'applying');
  await clearWaiting(tx, ticketId);
  await tx
    .updateTable('ticket')
    .set({ state: 'applying', applied_at: now, remind_at: null, timeout_at: null })
    .where('id', '=', ticketId)
    .execute();
  await record(tx, ticket, {
    story: [{ kind: 'applying', details: { contentHash } }],
    state: 'applying',
    announce: {
      kind: 'ticket.applying',
      userIds: [ticket.requesterId],
      details: { version, nodes: firstNodes(ticket.nodes) },
    },
    audit: { action: 'ticket.applied', details: { contentHash } },
  });
}
