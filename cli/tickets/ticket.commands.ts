import { Option, type Command } from 'commander';
import { changeKindNames, type ChangeKindName } from '#domain/names.ts';
import { ticketStates } from '#domain/tickets/ticket.ts';
import { createTicketsClient } from './tickets.client.ts';
import type { CliContext } from '../kernel/context.ts';
import { usageFault } from '../kernel/fault.ts';
import { isForPeople } from '../kernel/output/printer.ts';
import {
  rowLimit,
  sayWhereCut,
  wholeNumber,
  withLimit,
  withOutput,
  type LimitOption,
  type OutputOption,
} from '../kernel/options.ts';
import { addTicketCreateCommand } from './ticket-create.ts';
import { addTicketOperations } from './ticket-operations.ts';
import { followTicket, printTicket } from './ticket-follow.ts';
import { diffText, ticketList, ticketTimeline } from './ticket-views.ts';

/** Rows shown to people who name no limit. */
const shownToPeople = 30;

const examples = `
Examples:
  signalbox ticket list --to-decide
  signalbox ticket get TICKET                       exactly what would run, who may approve, who did
  signalbox ticket approve TICKET -m 'checked'      shows it and asks; in scripts --hash HASH
  signalbox ticket reject TICKET -m 'not on a Friday'
  signalbox ticket resubmit TICKET --node infra.prod --script ./better.sh
  signalbox ticket wait TICKET                      exit code 0 only if it ends as done`;

/** `signalbox ticket …` */
export function addTicketCommands(program: Command, context: CliContext): void {
  const ticket = program
    .command('ticket')
    .description('What waits for an approval, and decisions about it')
    .addHelpText('after', examples);
  const client = () => createTicketsClient(context.http(), context.io.interrupted);
  const { print } = context;
  addTicketList(ticket, context);
  addTicketCreateCommand(ticket, context);

  withOutput(
    ticket
      .command('get')
      .description('Show one ticket with exactly what will run, its approval and its result')
      .argument('<ticket>')
      .option('--wait', 'wait until it has ended; exit code 0 only if it is done', false),
  ).action(async (id: string, options: OutputOption & { wait: boolean }) => {
    if (options.wait) await followTicket(context, client(), id, options.output);
    else printTicket(context, options.output, await client().get(id));
  });

  withOutput(
    ticket
      .command('wait')
      .description('Wait until a ticket has ended; exit code 0 only if it is done')
      .argument('<ticket>'),
  ).action((id: string, options: OutputOption) => followTicket(context, client(), id, options.output));

  withOutput(
    ticket
      .command('diff')
      .description('Show what changes from one version of its content to another')
      .argument('<ticket>')
      .option('--from <version>', 'without: the one before; 0 is nothing', wholeNumber)
      .option('--to <version>', 'without: the current one', wholeNumber),
  ).action(async (id: string, options: OutputOption & { from?: number; to?: number }) => {
    const diff = await client().diff(id, { from: options.from, to: options.to });
    if (isForPeople(options.output)) print.data(diffText(diff, print.paint));
    else print.item(options.output, diff, { fields: () => [], name: ({ from, to }) => `${from}..${to}` });
  });

  withOutput(ticket.command('timeline').description('What happened to a ticket, in order').argument('<ticket>')).action(
    async (id: string, options: OutputOption) =>
      print.list(options.output, await client().timeline(id), ticketTimeline),
  );

  addTicketOperations(ticket, context);
}

interface ListOptions extends OutputOption, LimitOption {
  readonly state?: string;
  readonly kind?: ChangeKindName;
  readonly toDecide?: boolean;
  readonly requested?: boolean;
  readonly mine?: boolean;
}

function addTicketList(ticket: Command, context: CliContext): void {
  withLimit(
    withOutput(
      ticket
        .command('list')
        .description('List the tickets that you may see, newest first')
        .addOption(new Option('--state <state>').choices([...ticketStates, 'open', 'ended']))
        .addOption(new Option('--kind <kind>', 'of this kind of change').choices(changeKindNames))
        .option('--to-decide', 'only those that wait for your decision')
        .option('--requested', 'only those that you asked for')
        .option('--mine', 'the same as --requested'),
    ),
    `at most this many rows; 0 for all (tables show ${shownToPeople} without it)`,
  ).action(async (options: ListOptions) => {
    const { print } = context;
    const requested = options.requested === true || options.mine === true;
    if (requested && options.toDecide === true) throw usageFault('--to-decide', 'give it or --requested, not both');
    const scope = requested ? 'requested' : options.toDecide === true ? 'to-decide' : 'visible';
    const tickets = createTicketsClient(context.http(), context.io.interrupted);
    const { state, kind } = options;
    const rows = await tickets.list({ scope, state, kind }, rowLimit(options, shownToPeople));
    print.list(options.output, rows, ticketList);
    const cut = sayWhereCut(options, rows.length, shownToPeople);
    if (cut !== undefined) print.message(cut);
  });
}
