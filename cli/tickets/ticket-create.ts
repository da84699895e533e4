import { text as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import { createTicketsClient } from './tickets.client.ts';
import type { CliContext } from '../kernel/context.ts';
import { timeValue, withOutput, type OutputOption } from '../kernel/options.ts';

interface CreateOptions extends OutputOption {
  readonly node: string;
  readonly title: string;
  readonly instructions: string;
  readonly runAt?: string;
  readonly expiresAt?: string;
}

/** `signalbox ticket create`: a step that a person carries out, with the approval that its node asks for. */
export function addTicketCreateCommand(ticket: Command, context: CliContext): void {
  withOutput(
    ticket
      .command('create')
      .description('Ask for a manual step (manual.step): a person carries it out and completes the ticket')
      .requiredOption('--node <path>', 'node that it is about; its policy for manual.step holds')
      .requiredOption('--title <text>', 'what it is')
      .requiredOption('--instructions <text>', 'what is to be done, exactly; - is standard input')
      .option('--run-at <time>', 'not before this time, like 2026-11-21T22:00:00Z', timeValue)
      .option('--expires-at <time>', 'not after this time (an hour after --run-at)', timeValue),
  ).action(async ({ output, ...options }: CreateOptions) => {
    const instructions = options.instructions === '-' ? await readAll(context.io.stdin) : options.instructions;
    const tickets = createTicketsClient(context.http(), context.io.interrupted);
    const opened = await tickets.create({ kind: 'manual.step', ...options, instructions });
    context.print.item(output, opened, {
      fields: ({ id, state, contentHash }) => [
        ['ticket', id ?? '-'],
        ['state', state ?? '-'],
        ['content hash', contentHash ?? '-'],
      ],
      name: ({ id }) => id ?? '',
    });
  });
}
