import type { TicketDetail } from './tickets.contract.ts';
import type { Database } from '#db/database.ts';
import { readSnapshot } from '#db/snapshot.ts';
import { approversOfStep } from '#ledger/tickets/approvers.ts';
import { verdictOnOperation } from '#ledger/tickets/check-operation.ts';
import { principalsOfActor } from '#db/tickets/ticket-access.ts';
import { getTicketSummary, type TicketReader } from '#db/tickets/ticket-inbox.ts';
import { readTicketPosition, type TicketPosition } from '#ledger/tickets/lock-ticket.ts';
import { listTicketDecisions, readTicketContent, type TicketDecision } from '#db/tickets/ticket-read.ts';
import type { ChangeKinds, ChangeResult } from '#domain/changes/change-kind.ts';
import { Problem } from '#domain/errors.ts';
import type { KindsOn } from '#ledger/changes/kinds-on.ts';
import type { Actor } from '#domain/identity/permissions.ts';
import { ticketWorkflowId } from '#domain/tickets/ports.ts';
import { isEndedTicket, ticketActions } from '#domain/tickets/ticket.ts';
import { because } from '#domain/reasons.ts';
import { reasonFields, toldReasons } from '#api/kernel/http/told-reason.ts';

/** How much of a ticket is shown at once. */
const mostShown = { targets: 1_000, approvers: 50 } as const;

/** Under which names tickets wait for this actor. */
export function readerOf(actor: Actor): TicketReader {
  return { userId: actor.id, principals: principalsOfActor(actor) };
}

/** A ticket as this actor sees it: what will run, where its approval stands, and what they may do about it. */
export async function viewTicket(
  db: Database,
  kindsOn: KindsOn,
  ticketId: string,
  actor: Actor,
): Promise<TicketDetail> {
  return readSnapshot(db, async (tx) => {
    const summary = await getTicketSummary(tx, readerOf(actor), ticketId);
    const ticket = await readTicketPosition(tx, ticketId);
    const current = await readTicketContent(tx, ticketId, ticket.version, mostShown.targets);
    if (summary === undefined || current === undefined) throw new Problem('not-found', because('no-such-ticket'));
    const decisions = await listTicketDecisions(tx, ticketId);
    const { flow } = ticket.change;
    const { payload, targets, ...content } = current.content;
    return {
      ...summary,
      content: { ...content, payload: payload as Record<string, unknown>, targets: [...targets] },
      targetsTotal: current.targetsTotal,
      policyVersion: flow.policyVersion,
      fourEyes: flow.fourEyes,
      flow: await viewSteps(tx, ticket, decisions),
      decisions: decisions.map((decision) => ({
        ...decision,
        step: decision.step + 1,
        voided: decision.voided === null ? null : toldReasons(decision.voided),
      })),
      expiresAt: ticket.expiresAt?.toISOString() ?? null,
      ...reasonFields(ticket.reason),
      result: resultOf(ticket.result),
      workflowId: ticketWorkflowId(ticketId),
      actions: await viewActions(tx, kindsOn(tx), ticket, actor),
    };
  });
}

async function viewSteps(
  db: Database,
  ticket: TicketPosition,
  decisions: readonly TicketDecision[],
): Promise<TicketDetail['flow']> {
  const steps: TicketDetail['flow'] = [];
  for (const [index, step] of ticket.change.flow.steps.entries()) {
    const open = !isEndedTicket(ticket.state) && index >= ticket.step;
    const approvers = open ? await approversOfStep(db, ticket, index) : [];
    const approvals = decisions.filter(
      (it) => it.version === ticket.version && it.step === index && it.verdict !== 'reject' && it.voided === null,
    );
    steps.push({
      step: index + 1,
      state: index < ticket.step ? 'passed' : index === ticket.step ? 'current' : 'waiting',
      need: step.need,
      approvedBy: approvals.map(({ actor }) => actor),
      approvers: approvers.slice(0, mostShown.approvers).map(({ name }) => name),
      policyNode: step.policyNode,
      timeoutMs: step.timeoutMs,
      onTimeout: step.onTimeout,
    });
  }
  return steps;
}

/** By the very rule that decides when it is done; what hangs on an input not given yet (whom to hand to) is left open. */
async function viewActions(
  db: Database,
  kinds: ChangeKinds,
  ticket: TicketPosition,
  actor: Actor,
): Promise<TicketDetail['actions']> {
  const views: TicketDetail['actions'] = [];
  for (const name of ticketActions) {
    const { fault } = await verdictOnOperation(db, kinds, ticket, {
      action: name,
      actor: { id: actor.id, role: actor.role },
    });
    const allowed = fault === undefined || fault.code === 'no-such-user';
    views.push({
      name,
      allowed,
      ...reasonFields(allowed ? undefined : fault),
    });
  }
  return views;
}

/** How it ended; why is the reason of the ticket itself. */
function resultOf(result: ChangeResult | null): TicketDetail['result'] {
  if (result === null) return null;
  const { succeeded, details } = result;
  return { succeeded, ...(details === undefined ? {} : { details: { ...details } }) };
}
