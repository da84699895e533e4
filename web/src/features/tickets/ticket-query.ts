import { createQuery, type QueryClient } from '@tanstack/svelte-query';
import { type TicketDetail, type TicketTimelineEntry, tickets } from '#web/nouns/tickets/client.ts';
import { askedAgainLine } from './model/story.ts';

const pageSize = 500;
const mostPages = 20;

/** A ticket, asked for anew whenever it is opened: what is decided is never from memory. */
export function ticketQuery(id: () => string) {
  return createQuery(() => ({
    queryKey: ['ticket', id()],
    queryFn: () => tickets.get(id()),
    staleTime: 0,
  }));
}

/** What changes from one version to another; a version never changes, so it is asked for once. */
export function diffQuery(ask: () => { readonly id: string; readonly from: number; readonly to: number }) {
  return createQuery(() => {
    const { id, from, to } = ask();
    return {
      queryKey: ['ticket', id, 'diff', from, to],
      queryFn: () => tickets.diff(id, { from, to }),
      staleTime: Infinity,
    };
  });
}

/** Why this version was asked for anew: its line of the story; null where there is none. */
export function askedAgainQuery(ask: () => { readonly ticket: TicketDetail; readonly enabled: boolean }) {
  return createQuery(() => {
    const { ticket, enabled } = ask();
    const { id, version } = ticket;
    const voided = ticket.decisions.filter(({ voided }) => voided !== null).length;
    return {
      queryKey: ['ticket', id, 'asked-again', version, voided],
      queryFn: () => findAskedAgain(id, version),
      staleTime: Infinity,
      enabled,
    };
  });
}

async function findAskedAgain(id: string, version: number): Promise<TicketTimelineEntry | null> {
  let found: TicketTimelineEntry | undefined;
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const { items, next } = await tickets.timeline(id, {
      limit: pageSize,
      ...(cursor === undefined ? {} : { cursor }),
    });
    found = askedAgainLine(items, version) ?? found;
    if (next === null) break;
    cursor = next;
  }
  return found ?? null;
}

/** Looks again at everything of a ticket that can have changed; differences of versions cannot. */
export async function refreshTicket(client: QueryClient, id: string): Promise<void> {
  await client.invalidateQueries({ queryKey: ['ticket', id], exact: true });
}
