import type { TicketDetail } from '#api/tickets/tickets.contract.ts';
import type { TicketsClient } from './tickets.client.ts';
import { watchTicket } from './watch-ticket.ts';
import type { CliContext } from '../kernel/context.ts';
import { CliFault, exitCodes } from '../kernel/fault.ts';
import { isForPeople, type OutputFormat } from '../kernel/output/printer.ts';
import { createLiveLine } from '../kernel/output/live-line.ts';
import { contentText, ticketItem, ticketTones, waitsFor } from './ticket-views.ts';

/**
 * Watches a ticket until it has ended, with progress on stderr, prints it, and sets the exit code: 0 only where it is
 * `done`. A Ctrl-C stops the watching, never the ticket.
 */
export async function followTicket(
  context: CliContext,
  tickets: TicketsClient,
  ticketId: string,
  format: OutputFormat,
): Promise<void> {
  const { io, print } = context;
  const line = createLiveLine(io.stderr, print.paintMessage, ticketTones);
  try {
    const ticket = await watchTicket({
      http: context.http(),
      tickets,
      ticketId,
      interrupted: io.interrupted,
      onProgress: (seen) => line.show(seen.state, waitsFor(seen)),
      onConnection: (connected) =>
        line.note(
          connected ? 'The platform answers again.' : 'The platform does not answer; the ticket waits. Trying again …',
        ),
    });
    line.end();
    printTicket(context, format, ticket);
    if (ticket.state !== 'done') context.setExitCode(exitCodes.failed);
  } catch (error) {
    if (!io.interrupted.aborted) throw error;
    throw new CliFault(
      exitCodes.interrupted,
      `Not watching any more; the ticket goes on: signalbox ticket wait ${ticketId}`,
    );
  } finally {
    line.end();
  }
}

/** Prints a ticket; for people with exactly what would run. */
export function printTicket({ print }: Pick<CliContext, 'print'>, format: OutputFormat, ticket: TicketDetail): void {
  print.item(format, ticket, ticketItem);
  if (isForPeople(format)) print.data(contentText(ticket.content, print.paint));
}
