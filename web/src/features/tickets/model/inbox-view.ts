import type { TicketState } from '#web/nouns/tickets/client.ts';

export const inboxViews = ['to-decide', 'requested', 'visible'] as const;
export type InboxView = (typeof inboxViews)[number];

/** States to choose from, `''` for all of them. `approved` is left out: it passes within moments. */
export const stateFilters = [
  '',
  'open',
  'ended',
  'pending',
  'scheduled',
  'applying',
  'done',
  'failed',
  'rejected',
  'withdrawn',
  'expired',
] as const;
type StateFilter = (typeof stateFilters)[number];

/** What the address asks for, as a query of the list. Unknown words count as the default; `to-decide` has one state only. */
export function inboxQuery(view: string, state: string): { scope: InboxView; state?: TicketState | 'open' | 'ended' } {
  const scope = inboxViews.find((known) => known === view) ?? 'to-decide';
  const wanted: StateFilter = stateFilters.find((known) => known === state) ?? '';
  return { scope, ...(wanted === '' || scope === 'to-decide' ? {} : { state: wanted }) };
}

/** Rows that a count looks at; more are shown as `100+`. */
export const countedRows = 100;

/** How many there are as a text; a longer list is not counted. Empty where there is none. */
export function countText(page: { readonly items: readonly unknown[]; readonly next: string | null }): string {
  if (page.next !== null) return `${countedRows}+`;
  return page.items.length === 0 ? '' : String(page.items.length);
}
