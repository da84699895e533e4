import type { Tx } from '#db/database.ts';
import { approversOfStep } from './approvers.ts';
import type { OperationToApply } from './check-operation.ts';
import { endTicket } from './end-ticket.ts';
import { record } from './record.ts';
import { because } from '#domain/reasons.ts';

/** Adds what somebody says to the story, and tells the requester and those who are waited for. */
export async function applyComment(tx: Tx, { ticket, operation }: OperationToApply): Promise<void> {
  const { actor, message } = operation;
  const approvers = ticket.state === 'pending' ? await approversOfStep(tx, ticket, ticket.step) : [];
  await record(tx, ticket, {
    story: [{ kind: 'commented', actor: actor.name, details: { message } }],
    state: ticket.state,
    announce: {
      kind: 'ticket.commented',
      userIds: [ticket.requesterId, ...approvers.map(({ id }) => id)].filter((id) => id !== actor.id),
      details: { by: actor.name },
    },
  });
}

/** Ends the ticket for its requester (or an administrator). */
export async function applyWithdraw(tx: Tx, { kinds, ticket, operation, now }: OperationToApply): Promise<void> {
  const { actor, message } = operation;
  const line = { kind: 'withdrawn', actor: actor.name, details: message === '' ? {} : { message } } as const;
  await record(tx, ticket, { story: [line] });
  const by = actor.name;
  const reason = message === '' ? because('withdrawn', { by }) : because('withdrawn-because', { by, message });
  await endTicket(tx, kinds, ticket.id, { state: 'withdrawn', reason, now });
}

/** Writes down how a person's step ended, and ends its ticket with that. */
export async function applyComplete(tx: Tx, { kinds, ticket, operation, now }: OperationToApply): Promise<void> {
  const { actor, message } = operation;
  const outcome = operation.details['outcome'] === 'done' ? 'done' : 'failed';
  const kind = kinds[ticket.kind];
  await kind.complete?.(ticket.subjectId, { outcome, note: message, by: actor.name, now });
  const details = { outcome, ...(message === '' ? {} : { message }) };
  await record(tx, ticket, { story: [{ kind: 'completed', actor: actor.name, details }] });
  const result = await kind.verify(ticket.subjectId);
  if (result === undefined) throw new Error(`The step of ticket ${ticket.id} did not end`);
  const state = result.succeeded ? 'done' : 'failed';
  await endTicket(tx, kinds, ticket.id, { state, reason: result.reason, result, now });
}
