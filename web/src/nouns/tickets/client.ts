import type {
  openedTicketSchema,
  TicketDetail,
  TicketDiff,
  ticketInputSchema,
  TicketOperation,
  TicketSummary,
  TicketTimelineEntry,
} from '#api/tickets/tickets.contract.ts';
import type { z } from 'zod';
import { type Page, request, segment } from '../../lib/api/http.ts';

export type { TicketDetail, TicketDiff, TicketOperation, TicketSummary, TicketTimelineEntry };
/** A change to propose: of `task.run` the task, of `manual.step` node, title, instructions. */
export type TicketInput = z.input<typeof ticketInputSchema>;
type OpenedTicket = z.output<typeof openedTicketSchema>;
export type TicketState = TicketSummary['state'];
export type TicketAction = TicketDetail['actions'][number]['name'];

interface ListTickets {
  readonly scope?: 'to-decide' | 'requested' | 'visible';
  readonly state?: TicketState | 'open' | 'ended';
  readonly kind?: TicketSummary['kind'];
  readonly cursor?: string;
  readonly limit?: number;
}

const base = '/api/v1/tickets';
const path = (id: string) => `${base}/${segment(id)}`;

export const tickets = {
  list: (query: ListTickets) => request<Page<TicketSummary>>('GET', base, { query: { ...query } }),
  create: (input: TicketInput, idempotencyKey: string) =>
    request<OpenedTicket>('POST', base, { body: input, idempotencyKey }),
  get: (id: string) => request<TicketDetail>('GET', path(id)),
  diff: (id: string, query: { from?: number; to?: number } = {}) =>
    request<TicketDiff>('GET', `${path(id)}/diff`, { query }),
  timeline: (id: string, query: { cursor?: string; limit?: number }) =>
    request<Page<TicketTimelineEntry>>('GET', `${path(id)}/timeline`, { query }),
  /** `body` by action: message, contentHash, user, outcome, task (see the contract). */
  operate: (id: string, action: TicketAction, body: Readonly<Record<string, unknown>>, idempotencyKey: string) =>
    request<TicketOperation>('POST', `${path(id)}/${action}`, { body, idempotencyKey }),
  operation: (id: string, operation: string) =>
    request<TicketOperation>('GET', `${path(id)}/operations/${segment(operation)}`),
};
