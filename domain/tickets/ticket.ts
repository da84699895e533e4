/** States of a ticket. `approved` passes within moments: the last checks, then `scheduled` or `applying`. */
export const ticketStates = [
  'pending',
  'approved',
  'scheduled',
  'applying',
  'done',
  'failed',
  'rejected',
  'withdrawn',
  'expired',
] as const;
export type TicketState = (typeof ticketStates)[number];

export const endedTicketStates = [
  'done',
  'failed',
  'rejected',
  'withdrawn',
  'expired',
] as const satisfies readonly TicketState[];

export function isEndedTicket(state: TicketState): boolean {
  return (endedTicketStates as readonly TicketState[]).includes(state);
}

/** What people do to a ticket. Each is an Update of its workflow, by the id of an `operation` row. */
export const ticketActions = [
  'approve',
  'reject',
  'withdraw',
  'comment',
  'transfer',
  'add-approver',
  'resubmit',
  'complete',
] as const;
export type TicketAction = (typeof ticketActions)[number];

/** Longest message of a decision or comment, in characters. */
export const maxTicketMessage = 4_000;
