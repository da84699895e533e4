import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from '@hono/zod-openapi';
import type {
  openedTicketSchema,
  ticketInputSchema,
  TicketDetail,
  TicketDiff,
  TicketOperation,
  TicketSummary,
  TicketTimelineEntry,
} from '#api/tickets/tickets.contract.ts';
import type { TicketAction } from '#domain/tickets/ticket.ts';
import { CliFault, exitCodes } from '../kernel/fault.ts';
import type { HttpClient, Query } from '../kernel/client/http.ts';
import { allRows } from '../kernel/client/paging.ts';

export type OpenedTicket = z.infer<typeof openedTicketSchema>;
type TicketInput = z.input<typeof ticketInputSchema>;

/** Tickets: what waits for an approval, and what people do to it. */
export interface TicketsClient {
  list(filter: Query, limit: number | undefined): Promise<TicketSummary[]>;
  /** Opens it exactly once, also where the connection breaks and the request is repeated. */
  create(change: TicketInput): Promise<OpenedTicket>;
  get(id: string, options?: { patienceMs?: number }): Promise<TicketDetail>;
  /** From one version to another; without: from the one before to the current one. */
  diff(id: string, versions: { from: number | undefined; to: number | undefined }): Promise<TicketDiff>;
  timeline(id: string): Promise<TicketTimelineEntry[]>;
  /**
   * Does it exactly once. The answer is `applied`, or still `requested` where it was written down and nobody carried it
   * out within `timeoutMs`; what is refused is thrown.
   */
  operate(id: string, action: TicketAction, body: unknown, options: { timeoutMs: number }): Promise<TicketOperation>;
}

/** A decision is worth waiting for: the api may be restarting. */
const operatePatienceMs = 20_000;
const askAgainMs = 300;

export function createTicketsClient(http: HttpClient, interrupted: AbortSignal): TicketsClient {
  const ticketPath = (id: string) => `/api/v1/tickets/${encodeURIComponent(id)}`;

  return {
    list: (query, limit) => allRows<TicketSummary>(http, '/api/v1/tickets', { query, limit }),
    create: (body) =>
      http.json('POST', '/api/v1/tickets', {
        body,
        idempotencyKey: `cli-${randomUUID()}`,
        patienceMs: operatePatienceMs,
      }),
    get: (id, options) => http.json('GET', ticketPath(id), options),
    diff: (id, query) => http.json('GET', `${ticketPath(id)}/diff`, { query }),
    timeline: (id) => allRows<TicketTimelineEntry>(http, `${ticketPath(id)}/timeline`),

    async operate(id, action, body, { timeoutMs }) {
      const deadline = Date.now() + timeoutMs;
      let operation = await http.json<TicketOperation>('POST', `${ticketPath(id)}/${action}`, {
        body,
        idempotencyKey: `cli-${randomUUID()}`,
        patienceMs: operatePatienceMs,
      });
      while (operation.state === 'requested' && Date.now() + askAgainMs < deadline) {
        await sleep(askAgainMs, undefined, { signal: interrupted });
        operation = await http.json('GET', `${ticketPath(id)}/operations/${operation.id}`, {
          patienceMs: operatePatienceMs,
        });
      }
      if (operation.state === 'refused') {
        throw new CliFault(
          exitCodes.failed,
          `refused: ${operation.detail ?? action} (${operation.reason ?? 'no reason given'})`,
        );
      }
      return operation;
    },
  };
}
