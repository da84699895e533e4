import type { SearchAttributeUpdatePair, TypedSearchAttributes } from '@temporalio/common';
import type { TicketStanding } from '#domain/tickets/ports.ts';
import { plain, requestedBy, searchAttributeChanges } from '../kernel/display.ts';
import { searchAttributes } from '../kernel/search-attributes.ts';

/** Where a ticket stands, as Markdown for the Temporal UI. Names and numbers only, nothing of its content but the title. */
export function ticketDetails(standing: TicketStanding): string {
  const steps = standing.steps === 0 ? '' : ` · ${standing.stepsPassed} of ${standing.steps} steps approved`;
  return [
    `**${plain(standing.title)}** · ${standing.state}${steps}`,
    '',
    ...(standing.waitsFor === '' ? [] : [`- ${plain(standing.waitsFor)}`]),
    `- ${plain(standing.kind)}, version ${standing.version}`,
    '',
    ...requestedBy(standing),
  ].join('\n');
}

/** The search attributes of a ticket that have to change. */
export function ticketAttributeChanges(
  standing: TicketStanding,
  present: TypedSearchAttributes,
): SearchAttributeUpdatePair[] {
  return searchAttributeChanges(searchAttributes.ticketState, standing, present);
}
