import type { TicketDetail } from '#api/tickets/tickets.contract.ts';
import type { TicketsClient } from './tickets.client.ts';
import { ticketText } from './ticket-views.ts';
import { canAsk, confirm } from '../kernel/confirm.ts';
import type { CliContext } from '../kernel/context.ts';
import { CliFault, exitCodes, usageFault } from '../kernel/fault.ts';
import { localTime } from '../kernel/output/text.ts';

type Verdict = 'approve' | 'reject';

/**
 * The hash of the content that somebody decides on: the one they give, else that of what is shown to them here, once they
 * have said yes to it. Where nobody can be asked it has to be given.
 */
export async function decidedContent(
  context: Pick<CliContext, 'io' | 'print'>,
  tickets: TicketsClient,
  ticketId: string,
  verdict: Verdict,
  given: string | undefined,
): Promise<string> {
  if (given !== undefined) return given;
  const { io, print } = context;
  if (!canAsk(io)) {
    throw usageFault(
      '--hash',
      `needed where there is no terminal to show what you ${verdict}`,
      `signalbox ticket get ${ticketId} shows it, with its content hash.`,
    );
  }
  const ticket = await tickets.get(ticketId);
  print.message(ticketText(ticket, print.paintMessage));
  print.message(consequence(verdict, ticket));
  if (!(await confirm(io, verdict === 'approve' ? 'Approve exactly this?' : 'Reject it?'))) {
    throw new CliFault(exitCodes.failed, 'you did not say yes; nothing was sent');
  }
  return ticket.contentHash;
}

function consequence(verdict: Verdict, { runAt, steps, targetsTotal }: TicketDetail): string {
  if (verdict === 'reject') return 'Rejected, the ticket ends and nothing of this happens.';
  const when = runAt === null ? 'at once' : `at ${localTime(runAt)}`;
  const where = targetsTotal === 0 ? '' : ` on ${targetsTotal} ${targetsTotal === 1 ? 'target' : 'targets'}`;
  const after = steps === 1 ? 'Once its step is approved' : `Once all ${steps} steps are approved`;
  return `${after}, exactly this is carried out${where}, ${when}.`;
}
