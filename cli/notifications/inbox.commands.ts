import type { Command } from 'commander';
import type { Notification } from '#api/notifications/notifications.contract.ts';
import { createInboxClient } from './notifications.client.ts';
import type { CliContext } from '../kernel/context.ts';
import type { ListView } from '../kernel/output/printer.ts';
import { localTime } from '../kernel/output/text.ts';
import {
  rowLimit,
  sayWhereCut,
  withLimit,
  withOutput,
  type LimitOption,
  type OutputOption,
} from '../kernel/options.ts';

const inboxList: ListView<Notification> = {
  columns: [
    { header: 'TIME', value: (message) => localTime(message.createdAt) },
    { header: 'NEW', value: (message) => (message.readAt === null ? 'new' : ''), tone: () => 'strong' },
    { header: 'WHAT', value: (message) => message.kind },
    { header: 'TICKET', value: (message) => message.ticketId },
    { header: 'ID', value: (message) => message.id, wide: true },
    { header: 'TITLE', value: (message) => message.title },
  ],
  name: (message) => message.id,
  empty: 'No messages.',
};

/** Rows shown to people who name no limit. */
const shownToPeople = 30;

/** `signalbox inbox` */
export function addInboxCommand(program: Command, context: CliContext): void {
  withLimit(
    withOutput(
      program
        .command('inbox')
        .description('Your messages, newest first: what waits for you, what became of what you asked for')
        .option('--unread', 'only those not read yet', false)
        .option('--read-all', 'mark all as read, once they are shown', false),
    ),
    `at most this many rows; 0 for all (tables show ${shownToPeople} without it)`,
  ).action(async (options: OutputOption & LimitOption & { unread: boolean; readAll: boolean }) => {
    const { print } = context;
    const inbox = createInboxClient(context.http());
    const rows = await inbox.list({ unread: options.unread, limit: rowLimit(options, shownToPeople) });
    print.list(options.output, rows, inboxList);
    const cut = sayWhereCut(options, rows.length, shownToPeople);
    if (cut !== undefined) print.message(cut);
    if (options.readAll) print.message(`Marked as read: ${(await inbox.readAll()).read}`);
  });
}
