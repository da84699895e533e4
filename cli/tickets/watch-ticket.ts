import type { TicketDetail } from '#api/tickets/tickets.contract.ts';
import { isEndedTicket } from '#domain/tickets/ticket.ts';
import type { HttpClient } from '../kernel/client/http.ts';
import type { TicketsClient } from './tickets.client.ts';
import { watchToEnd } from '../kernel/client/watch.ts';

export interface WatchTicketOptions {
  readonly http: HttpClient;
  readonly tickets: TicketsClient;
  readonly ticketId: string;
  readonly interrupted: AbortSignal;
  onProgress(seen: TicketDetail): void;
  onConnection(connected: boolean): void;
}

/** A ticket may be visible to somebody who gets no events of it. */
const pollMs = 1000;

/** Follows a ticket until it has ended, with the guarantees of {@link watchToEnd}. */
export function watchTicket(options: WatchTicketOptions): Promise<TicketDetail> {
  const { http, tickets, ticketId, interrupted } = options;
  return watchToEnd<TicketDetail>({
    http,
    topic: `ticket:${ticketId}`,
    interrupted,
    look: () => tickets.get(ticketId, { patienceMs: 0 }),
    isEnd: (ticket) => isEndedTicket(ticket.state),
    onLook: (ticket) => options.onProgress(ticket),
    onConnection: (connected) => options.onConnection(connected),
    pollMs,
  });
}
