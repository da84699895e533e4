import { v7 as uuidv7 } from 'uuid';
import type { Database, Tx } from '#db/database.ts';
import { readLedgerNow } from '#db/ledger-now.ts';
import { readSnapshot } from '#db/snapshot.ts';
import { transact } from '#ledger/kernel/transact.ts';
import type { ChangeKind, ChangeOrigin, RequestedChange } from '#domain/changes/change-kind.ts';
import type { ApprovalFlow, PolicyVerdict } from '#domain/changes/policy.ts';
import { type RunWindow, runWindowOf } from '#domain/changes/run-window.ts';
import { Problem } from '#domain/errors.ts';
import type { Caller } from '#domain/identity/caller.ts';
import type { ChangeKindName } from '#domain/names.ts';
import type { TicketState } from '#domain/tickets/ticket.ts';
import { audit } from '#ledger/audit/audit.ts';
import { because } from '#domain/reasons.ts';
import { claimIdempotencyKey, storeAnswer } from '#ledger/kernel/idempotency.ts';
import { insertChangeRow, moveChange } from './change-row.ts';
import { judgeChange } from './judge-change.ts';
import type { KindsOn } from './kinds-on.ts';
import { requestChange } from './request-change.ts';

/** A change as somebody, or something in their name, asks for it. */
export interface Proposal {
  /** With their rights as they are now. */
  readonly proposer: Caller;
  readonly origin: { readonly from: ChangeOrigin; readonly requestId?: string; readonly ip?: string };
  readonly kind: ChangeKindName;
  readonly payload: unknown;
  /** ISO 8601. */
  readonly runAt?: string | undefined;
  readonly expiresAt?: string | undefined;
  /** A repeat with the same key gets the first answer; `scope` is where the key holds, `asked` what was sent with it, as it was. */
  readonly key?: { readonly value: string; readonly scope: string; readonly asked: unknown } | undefined;
}

/** What became of a proposal: on its way (`ticket` null), or waiting for its ticket. */
export interface ProposalAnswer {
  readonly changeId: string;
  /** The row that is carried out. */
  readonly subjectId: string;
  readonly title: string;
  /** What the kind tells of it. */
  readonly about: Readonly<Record<string, unknown>>;
  readonly ticket: { readonly id: string; readonly state: TicketState; readonly contentHash: string } | null;
}

/** What a proposal would become if it were made now. */
export interface ProposalPreview {
  readonly requested: RequestedChange;
  readonly verdict: PolicyVerdict;
}

/** The one door for every change. */
export interface Propose {
  /** Throws a Problem where the proposer may not, policy forbids, or the input is wrong; then nothing has happened. */
  (db: Database, proposal: Proposal): Promise<{ readonly fresh: boolean; readonly answer: ProposalAnswer }>;
  /** The same without a key, in a transaction of the caller: a Problem has to end that transaction. */
  within(tx: Tx, proposal: Omit<Proposal, 'key'>): Promise<ProposalAnswer>;
  /** The same rights and the same question to policy; nothing is written. */
  preview(db: Database, proposal: Omit<Proposal, 'origin' | 'key'>): Promise<ProposalPreview>;
}

/** What the door has opened where a change needs an approval. */
export interface TicketToOpen {
  /** UUID version 7: lists go by id. */
  readonly id: string;
  readonly kind: ChangeKindName;
  readonly title: string;
  readonly requester: { readonly id: string; readonly name: string };
  /** The row that will be carried out, written already and waiting. */
  readonly subjectId: string;
  readonly nodes: RequestedChange['nodes'];
  readonly flow: ApprovalFlow;
  readonly runAt?: Date | undefined;
  /** Absent: an hour after `runAt`, or never. */
  readonly expiresAt?: Date | undefined;
  readonly now: Date;
}

export type OpenTicket = (
  tx: Tx,
  ticket: TicketToOpen,
) => Promise<{ readonly contentHash: string; readonly state: TicketState }>;

/** Rooms above this one give their kinds, and the ticket room how a ticket is opened. */
export function createPropose(parts: { readonly kindsOn: KindsOn; readonly openTicket: OpenTicket }): Propose {
  const propose = async (db: Database, proposal: Proposal) =>
    transact(db, async (tx) => {
      const { key, proposer } = proposal;
      const request =
        key === undefined
          ? undefined
          : { actorId: proposer.actor.id, key: key.value, route: key.scope, body: key.asked };
      const before = request === undefined ? undefined : await claimIdempotencyKey(tx, request);
      if (before !== undefined) return { fresh: false, answer: before.response as unknown as ProposalAnswer };
      const answer = await write(tx, proposal);
      if (request !== undefined) {
        await storeAnswer(tx, request, { status: answer.ticket === null ? 201 : 202, response: { ...answer } });
      }
      return { fresh: true, answer };
    });

  async function write(tx: Tx, proposal: Proposal): Promise<ProposalAnswer> {
    const now = await readLedgerNow(tx);
    const { actor } = proposal.proposer;
    const { kind, requested, window, verdict } = await consider(tx, proposal, now);
    if (verdict.mode === 'forbidden') throw forbiddenByPolicy(kind.kind);
    const waits = verdict.mode === 'ticket' || kind.needsTicket || window.runAt !== undefined;
    const [changeId, subjectId] = [uuidv7(), uuidv7()];
    const ticketId = waits ? uuidv7() : undefined;
    const requester = { id: actor.id, name: actor.name };
    await kind.write({ id: subjectId, proposer: requester, ticketId }, requested.content);
    const { title, nodes } = requested;
    const ticket =
      ticketId === undefined
        ? null
        : {
            id: ticketId,
            ...(await parts.openTicket(tx, {
              id: ticketId,
              kind: kind.kind,
              title,
              requester,
              subjectId,
              nodes,
              flow: verdict.flow,
              runAt: window.runAt,
              expiresAt: window.expiresAt,
              now,
            })),
          };
    await insertChangeRow(tx, {
      id: changeId,
      kind: kind.kind,
      subjectId,
      ticketId: ticketId ?? null,
      proposer: requester,
      origin: proposal.origin.from,
    });
    if (ticket === null) await endIfOver(tx, kind, subjectId);
    audit(tx, {
      actor: requester,
      action: kind.kind,
      target: subjectId,
      nodes: nodes.map(({ fullName }) => fullName),
      details: {
        ...requested.audited,
        ...(ticket === null ? {} : { ticketId: ticket.id, contentHash: ticket.contentHash }),
      },
      ...sentBy(proposal.origin),
    });
    return { changeId, subjectId, title, about: requested.about, ticket };
  }

  /** What no workflow carries out is over as soon as it is let go: nobody else would see its end. */
  async function endIfOver(tx: Tx, kind: ChangeKind, subjectId: string): Promise<void> {
    const result = await kind.verify(subjectId);
    if (result !== undefined) await moveChange(tx, subjectId, result.succeeded ? 'done' : 'failed');
  }

  async function consider(
    tx: Tx,
    proposal: Pick<Proposal, 'proposer' | 'kind' | 'payload' | 'runAt' | 'expiresAt'>,
    now: Date,
  ): Promise<ProposalPreview & { readonly kind: ChangeKind; readonly window: RunWindow }> {
    const kind = parts.kindsOn(tx)[proposal.kind];
    const window = runWindowOf(proposal, now);
    const requested = await requestChange(kind, proposal.proposer, proposal.payload);
    const nodeIds = requested.nodes.map((node) => node.id);
    const touches = kind.touches({ targets: requested.targets, nodeIds });
    return { kind, requested, window, verdict: await judgeChange(tx, { kind: kind.kind, ...touches }) };
  }

  return Object.assign(propose, {
    within: write,
    preview: (db: Database, proposal: Omit<Proposal, 'origin' | 'key'>) =>
      readSnapshot(db, async (tx) => consider(tx, proposal, await readLedgerNow(tx))),
  });
}

/** The refusal of a change that policy forbids. It names no node: whoever asks may not see all of them. */
function forbiddenByPolicy(kind: ChangeKindName): Problem {
  return new Problem('forbidden', because('change-forbidden', { kind }));
}

/** Of an HTTP request, what the audit keeps of it. */
function sentBy({ requestId, ip }: Proposal['origin']): { requestId?: string; ip?: string } {
  return { ...(requestId === undefined ? {} : { requestId }), ...(ip === undefined ? {} : { ip }) };
}
