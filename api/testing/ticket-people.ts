import type { TicketDetail } from '#api/tickets/tickets.contract.ts';
import { applyTicketOperation } from '#ledger/tickets/apply-operation.ts';
import { findRequestedOperations } from '#ledger/kernel/operations.ts';
import { releaseTicket } from '#ledger/tickets/release-ticket.ts';
import { kindsOn } from '#ledger/rooms.ts';
import type { TicketAction } from '#domain/tickets/ticket.ts';
import type { Answer, TestApi } from './test-api.ts';

/** Fields that tests read; a body has those of its route. */
interface TicketAnswerBody extends Omit<TicketDetail, 'state' | 'kind'> {
  readonly state: string;
  readonly kind: string;
  readonly ticketId: string;
  readonly items: readonly TicketAnswerBody[];
  readonly next: string | null;
  readonly errors: readonly { readonly field: string }[];
}

/** An answer about tickets. */
export type TicketAnswer = Omit<Answer, 'body'> & { readonly body: TicketAnswerBody };

/** Somebody with a token who asks, reads and decides. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly token: string;
  get(path: string): Promise<TicketAnswer>;
  post(path: string, body: unknown, key?: string): Promise<TicketAnswer>;
  /** Does something to a ticket; decides on the content that there is, unless the body names another. */
  does(action: TicketAction, ticketId: string, body?: object, key?: string): Promise<TicketAnswer>;
  /** Ids of a list of tickets. */
  list(query: string): Promise<string[]>;
}

/** Names a user of the api. */
export function personOf(api: TestApi, user: { id: string; name: string; token: string }): Person {
  const { token } = user;
  const call = async (method: string, path: string, body?: unknown, key?: string) =>
    (await api.call(method, path, {
      token,
      headers: key === undefined ? {} : { 'idempotency-key': key },
      ...(body === undefined ? {} : { body }),
    })) as unknown as TicketAnswer;
  return {
    ...user,
    get: (path) => call('GET', path),
    post: (path, body, key) => call('POST', path, body, key),
    async does(action, ticketId, body = {}, key) {
      const path = `/api/v1/tickets/${ticketId}`;
      const decides = action === 'approve' || action === 'reject';
      const contentHash = decides ? (await call('GET', path)).body.contentHash : undefined;
      return call('POST', `${path}/${action}`, { contentHash, ...body }, key);
    },
    list: async (query) => (await call('GET', `/api/v1/tickets?${query}`)).body.items.map(({ id }) => id),
  };
}

/** Does what the worker does with all that was asked for: carries it out in the ledger, then releases what is approved. */
export async function workOff(api: TestApi): Promise<void> {
  for (const { id, subjectId: ticketId } of await findRequestedOperations(api.db, 'ticket', -60_000, 1_000)) {
    await applyTicketOperation(api.db, kindsOn, { ticketId, operationId: id });
    await releaseTicket(api.db, kindsOn, { ticketId });
  }
}
