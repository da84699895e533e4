import { Option, type Command } from 'commander';
import type { TicketOperation } from '#api/tickets/tickets.contract.ts';
import type { TicketAction } from '#domain/tickets/ticket.ts';
import { decidedContent } from './decided-content.ts';
import { createTicketsClient } from './tickets.client.ts';
import type { CliContext } from '../kernel/context.ts';
import type { OutputFormat } from '../kernel/output/printer.ts';
import { libraryReader } from '../scripts/library-script.ts';
import { durationMs, wholeNumber, withOutput, type OutputOption } from '../kernel/options.ts';
import { warnOfLineBreaks } from '../tasks/line-break-warning.ts';
import { readTaskInput, type TaskRunOptions } from '../tasks/task-input.ts';
import { refuseWords, withTaskOptions } from '../tasks/task-options.ts';
import { ticketOperation } from './ticket-views.ts';

/** How long something that the api has only written down is waited for. */
const carryOutMs = 10_000;

interface OperationOptions extends OutputOption {
  readonly message?: string;
  readonly hash?: string;
  readonly step?: number;
  readonly patience: number;
}

/** `signalbox ticket approve|reject|…`: what people do to a ticket. */
export function addTicketOperations(ticket: Command, context: CliContext): void {
  const operate = createOperate(context);
  const content = (id: string, verdict: 'approve' | 'reject', { hash }: OperationOptions) =>
    decidedContent(context, createTicketsClient(context.http(), context.io.interrupted), id, verdict, hash);

  withHash(withMessage(operation(ticket, 'approve', 'Approve it: this content, nothing else')))
    .option('--step <n>', 'this later step, in advance; without: the current one', wholeNumber)
    .action(async (id: string, options: OperationOptions) => {
      const { message, step } = options;
      const contentHash = await content(id, 'approve', options);
      await operate(id, 'approve', options, { message, contentHash, step });
    });

  withHash(withMessage(operation(ticket, 'reject', 'Reject it, with a reason; it ends'), 'why')).action(
    async (id: string, options: OperationOptions) => {
      const contentHash = await content(id, 'reject', options);
      await operate(id, 'reject', options, { message: options.message, contentHash });
    },
  );

  withMessage(operation(ticket, 'withdraw', 'Take back what you asked for')).action(
    async (id: string, options: OperationOptions) => {
      await operate(id, 'withdraw', options, { message: options.message });
    },
  );

  withMessage(operation(ticket, 'comment', 'Say something'), 'what').action(
    async (id: string, options: OperationOptions) => {
      await operate(id, 'comment', options, { message: options.message });
    },
  );

  withMessage(operation(ticket, 'transfer', 'Hand your part in the current step to somebody else'))
    .argument('<user>')
    .action(async (id: string, user: string, options: OperationOptions) => {
      await operate(id, 'transfer', options, { user, message: options.message });
    });

  withMessage(operation(ticket, 'add-approver', 'Let somebody else approve the current step too'))
    .argument('<user>')
    .action(async (id: string, user: string, options: OperationOptions) => {
      await operate(id, 'add-approver', options, { user, message: options.message });
    });

  withMessage(operation(ticket, 'complete', 'Tell how a manual step ended'))
    .addOption(new Option('--outcome <outcome>', 'how').choices(['done', 'failed']).makeOptionMandatory())
    .action(async (id: string, options: OperationOptions & { outcome: 'done' | 'failed' }) => {
      await operate(id, 'complete', options, { outcome: options.outcome, message: options.message });
    });

  withTaskOptions(withMessage(operation(ticket, 'resubmit', 'Ask for something else instead: everybody decides anew')))
    .usage(
      'TICKET (--node PATH | --host A,B | --hosts-file F) [options] (--script FILE | --library NAME[@VERSION] | -- CMD ARGS…)',
    )
    .argument('[words...]')
    .action(async (id: string, words: string[], options: OperationOptions & TaskRunOptions, command: Command) => {
      refuseWords(command, words);
      const task = await readTaskInput(options, context.passthrough, context.io, libraryReader(context));
      warnOfLineBreaks(task, (line) => context.print.message(line));
      await operate(id, 'resubmit', options, { task, message: options.message });
    });
}

function operation(ticket: Command, action: TicketAction, description: string): Command {
  return withOutput(ticket.command(action).description(description).argument('<ticket>')).addOption(
    new Option('--patience <duration>', 'how long to wait where it is only written down so far')
      .argParser(durationMs)
      .default(carryOutMs, '10s'),
  );
}

/** Adds `-m`; `needed` says what it is where it has to be given. */
function withMessage(command: Command, needed?: string): Command {
  return needed === undefined
    ? command.option('-m, --message <text>', 'what you want to say with it')
    : command.requiredOption('-m, --message <text>', needed);
}

function withHash(command: Command): Command {
  return command.option(
    '--hash <hash>',
    'the content hash, as ticket get shows it; without: it is shown and you are asked',
  );
}

/** Does it and prints what came of it. Values that were not given are not sent. */
function createOperate(context: CliContext) {
  return async (id: string, action: TicketAction, options: OperationOptions, body: object): Promise<void> => {
    const tickets = createTicketsClient(context.http(), context.io.interrupted);
    const done = await tickets.operate(id, action, body, { timeoutMs: options.patience });
    printOperation(context, options.output, done);
  };
}

function printOperation({ print }: Pick<CliContext, 'print'>, format: OutputFormat, done: TicketOperation): void {
  print.item(format, done, ticketOperation);
  if (done.state === 'requested') {
    print.message(`It is written down (operation ${done.id}) and carried out as soon as a worker is there.`);
  }
}
