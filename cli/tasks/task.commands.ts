import { Option, type Command } from 'commander';
import { type HostRunGroup, hostRunGroupNames } from '#domain/tasks/host-run.ts';
import { taskActions, taskStates, type TaskAction, type TaskState } from '#domain/tasks/task.ts';
import { createTasksClient } from './tasks.client.ts';
import type { CliContext } from '../kernel/context.ts';
import { localTime, oneLine } from '../kernel/output/text.ts';
import {
  durationMs,
  rowLimit,
  sayWhereCut,
  wholeNumber,
  withLimit,
  withOutput,
  type LimitOption,
  type OutputOption,
} from '../kernel/options.ts';
import { followToEnd } from './task-follow.ts';
import { addTaskRunCommand } from './task-run.ts';
import { hostList, taskItem, taskList } from './task-views.ts';

/** Rows shown to people who name no limit. */
const shownToPeople = 30;
/** How long a control waits for its acknowledgement. */
const acknowledgeMs = 60_000;

const actionTexts: Record<TaskAction, string> = {
  pause: 'Hand out no further hosts; those in flight finish',
  continue: 'Hand out hosts again',
  kill: 'Withdraw waiting hosts and kill what runs',
  'retry-failed': 'Run the hosts again that did not succeed',
};

/** `signalbox task …` */
export function addTaskCommands(program: Command, context: CliContext): void {
  const task = program.command('task').description('Scripts and commands on hosts');
  const client = () => createTasksClient(context.http(), context.io.interrupted);
  addTaskRunCommand(task, context);
  addLists(task, context);

  withOutput(task.command('get').description('Show one task').argument('<task>')).action(
    async (id: string, options: OutputOption) => context.print.item(options.output, await client().get(id), taskItem),
  );

  task
    .command('output')
    .description('Write to stdout what the script wrote on one host, byte for byte')
    .argument('<task>')
    .argument('<host>', 'as named in the task, or its address')
    .option('--stderr', 'what it wrote to stderr', false)
    .option('--attempt <n>', 'of this attempt; without: the latest', wholeNumber)
    .action(async (id: string, host: string, options: { stderr: boolean; attempt?: number }) => {
      const output = await client().output(id, host, {
        stream: options.stderr ? 'stderr' : 'stdout',
        attempt: options.attempt,
      });
      context.print.data(output.bytes);
      if (output.truncated)
        context.print.message(`Cut: of ${output.totalBytes} bytes the beginning and the end were kept.`);
    });

  withOutput(
    task
      .command('wait')
      .description('Wait for the end of a task; exit code 0 only if every host succeeded')
      .argument('<task>'),
  ).action((id: string, options: OutputOption) =>
    followToEnd(context, client(), id, options.output, { good: ['succeeded'] }),
  );

  for (const action of taskActions) addControl(task, context, action);
}

function addLists(task: Command, context: CliContext): void {
  const client = () => createTasksClient(context.http(), context.io.interrupted);

  withLimit(
    withOutput(
      task
        .command('list')
        .description('List tasks, newest first')
        .addOption(new Option('--state <state>').choices(taskStates))
        .option('--requester <name>', 'of this user; me is yourself')
        .option('--node <path>', 'of this node and below')
        .option('-q, --search <text>', 'part of a title'),
    ),
    `at most this many rows; 0 for all (tables show ${shownToPeople} without it)`,
  ).action(
    async (
      options: OutputOption & LimitOption & { state?: TaskState; requester?: string; node?: string; search?: string },
    ) => {
      const { state, requester, node, search } = options;
      const rows = await client().list({ state, requester, node, q: search }, rowLimit(options, shownToPeople));
      context.print.list(options.output, rows, taskList);
      const cut = sayWhereCut(options, rows.length, shownToPeople);
      if (cut !== undefined) context.print.message(cut);
    },
  );

  withLimit(
    withOutput(
      task
        .command('hosts')
        .description('List the hosts of a task in the order of hand-out, those not yet started too')
        .argument('<task>')
        .addOption(new Option('--group <group>', 'only those of one count').choices(hostRunGroupNames))
        .option('-q, --search <text>', 'part of a name or address'),
    ),
  ).action(async (id: string, options: OutputOption & LimitOption & { group?: HostRunGroup; search?: string }) => {
    const rows = await client().hosts(id, {
      ...(options.group === undefined ? {} : { group: options.group }),
      q: options.search,
      limit: rowLimit(options),
    });
    context.print.list(options.output, rows, hostList);
  });

  withOutput(task.command('timeline').description('What happened to a task, in order').argument('<task>')).action(
    async (id: string, options: OutputOption) => {
      context.print.list(options.output, await client().timeline(id), {
        columns: [
          { header: 'TIME', value: (entry) => localTime(entry.at) },
          { header: 'WHAT', value: (entry) => entry.kind },
          { header: 'BY', value: (entry) => entry.actor },
          { header: 'DETAILS', value: (entry) => oneLine(JSON.stringify(entry.details)) },
        ],
        name: (entry) => entry.kind,
        empty: 'Nothing happened yet.',
      });
    },
  );
}

function addControl(task: Command, context: CliContext, action: TaskAction): void {
  const command = withOutput(task.command(action).description(actionTexts[action]).argument('<task>')).option(
    '--timeout <duration>',
    'how long to wait for the acknowledgement',
    durationMs,
    acknowledgeMs,
  );
  const canWait = action === 'kill' || action === 'retry-failed';
  if (canWait) command.option('--wait', 'then wait for the end of the task', false);
  command.action(async (id: string, options: OutputOption & { timeout: number; wait?: boolean }) => {
    const tasks = createTasksClient(context.http(), context.io.interrupted);
    const operation = await tasks.operate(id, action, { timeoutMs: options.timeout });
    if (options.wait === true) {
      await followToEnd(context, tasks, id, options.output, { good: action === 'kill' ? ['killed'] : ['succeeded'] });
      return;
    }
    const answer = { id: operation.taskId, state: operation.taskState, action, operationId: operation.id };
    context.print.item(options.output, answer, {
      fields: (item) => [
        ['task', item.id],
        ['state', item.state],
      ],
      name: (item) => item.id,
    });
  });
}
