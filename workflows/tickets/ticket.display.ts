import { inEnglish } from '#words/english.ts';
import type { TicketStanding } from '#domain/tickets/ports.ts';
import { plain, requestedBy } from '../kernel/display.ts';

/** Where a ticket stands, as Markdown for the Temporal UI. Names and numbers only, nothing of its content but the title. */
export function ticketDetails(standing: TicketStanding): string {
  const steps = standing.steps === 0 ? '' : ` · ${standing.stepsPassed} of ${standing.steps} steps approved`;
  return [
    `**${plain(standing.title)}** · ${standing.state}${steps}`,
    '',
    `- ${plain(inEnglish(standing.waitsFor))}`,
    `- ${plain(standing.kind)}, version ${standing.version}`,
    '',
    ...requestedBy(standing),
  ].join('\n');
}
