import { Option, type Command } from 'commander';
import { createAuditClient, type AuditNode, type AuditRow } from './audit.client.ts';
import type { CliContext } from '../kernel/context.ts';
import { exitCodes } from '../kernel/fault.ts';
import type { ListView } from '../kernel/output/printer.ts';
import { localTime, namesOf } from '../kernel/output/text.ts';
import {
  rowLimit,
  sayWhereCut,
  timeValue,
  withLimit,
  withOutput,
  type LimitOption,
  type OutputOption,
} from '../kernel/options.ts';

const auditList: ListView<AuditRow> = {
  columns: [
    { header: 'TIME', value: (row) => localTime(row.at) },
    { header: 'ACTOR', value: (row) => row.actorName },
    { header: 'ACTION', value: (row) => row.action },
    { header: 'OUTCOME', value: (row) => row.outcome, tone: (row) => (row.outcome === 'denied' ? 'bad' : 'plain') },
    { header: 'TARGET', value: (row) => row.target },
    { header: 'NODES', value: (row) => namesOf(row.nodes, row.nodeCount, 3) },
    { header: 'FROM', value: (row) => row.ip, wide: true },
    { header: 'REQUEST', value: (row) => row.requestId, wide: true },
    { header: 'DETAILS', value: (row) => JSON.stringify(row.details), wide: true },
    { header: 'ID', value: (row) => row.id, wide: true },
  ],
  name: (row) => row.id,
  empty: 'Nothing of that kind in the audit.',
};

const nodeList: ListView<AuditNode> = {
  columns: [{ header: 'NODE', value: (node) => node.path }],
  name: (node) => node.path,
  empty: 'It concerns no node.',
};

/** Rows shown to people who name no limit. */
const shownToPeople = 50;

interface Filter {
  readonly actor?: string;
  readonly action?: string;
  readonly outcome?: string;
  readonly target?: string;
  readonly node?: string;
  readonly since?: string;
  readonly until?: string;
}

/** `signalbox audit …` */
export function addAuditCommands(program: Command, context: CliContext): void {
  const audit = program.command('audit').description('Who did what, when, from where');
  const client = () => createAuditClient(context.http());

  withLimit(
    withOutput(
      audit
        .command('list')
        .description('List the audit, newest first')
        .option('--actor <name>', 'of this user or agent')
        .option('--action <name>', 'this action, or a beginning like "task.*"')
        .addOption(new Option('--outcome <outcome>').choices(['allowed', 'denied']))
        .option('--target <text>', 'on this target')
        .option('--node <path>', 'that concerns this node or one below it')
        .option('--since <time>', 'not before this time, like 2026-11-21T10:00:00Z', timeValue)
        .option('--until <time>', 'before this time', timeValue),
    ),
    `at most this many rows; 0 for all (tables show ${shownToPeople} without it)`,
  ).action(async (options: OutputOption & LimitOption & Filter) => {
    const { actor, action, outcome, target, node, since, until } = options;
    const filter = { actor, action, outcome, target, node, since, until };
    const rows = await client().list(filter, rowLimit(options, shownToPeople));
    context.print.list(options.output, rows, auditList);
    const cut = sayWhereCut(options, rows.length, shownToPeople);
    if (cut !== undefined) context.print.message(cut);
  });

  withLimit(
    withOutput(
      audit
        .command('nodes')
        .description('List all nodes that a row of the audit concerns')
        .argument('<row>', 'its id, as `audit list -o wide` shows it'),
    ),
    'at most this many nodes; 0 for all',
  ).action(async (row: string, options: OutputOption & LimitOption) => {
    context.print.list(options.output, await client().nodes(row, rowLimit(options)), nodeList);
  });

  withOutput(audit.command('verify').description('Check that no row of the audit was changed or removed')).action(
    async (options: OutputOption) => {
      const result = await client().verify();
      context.print.item(options.output, result, {
        fields: (item) => [
          ['intact', item.intact ? 'yes' : `NO, from row ${item.brokenAt ?? '?'} on`],
          ['rows', String(item.rows)],
          ['head', item.head],
        ],
        name: (item) => item.head,
      });
      if (!result.intact) context.setExitCode(exitCodes.failed);
    },
  );
}
