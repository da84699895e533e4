import { Option, type Command } from 'commander';
import type { ScheduleDetail, ScheduleInput } from '#api/schedules/schedules.contract.ts';
import { firingStates, overlapPolicies } from '#domain/schedules/schedule.ts';
import type { CliContext } from '../kernel/context.ts';
import { usageFault } from '../kernel/fault.ts';
import {
  durationMs,
  rowLimit,
  wholeNumber,
  withLimit,
  withOutput,
  type LimitOption,
  type OutputOption,
} from '../kernel/options.ts';
import { libraryReader } from '../scripts/library-script.ts';
import { readTaskInput, type TaskRunOptions } from '../tasks/task-input.ts';
import { refuseWords, withWhatRuns } from '../tasks/task-options.ts';
import { warnOfLineBreaks } from '../tasks/line-break-warning.ts';
import { firingList, scheduleItem, scheduleList, timeList } from './schedule-views.ts';
import { createSchedulesClient, type SchedulesClient } from './schedules.client.ts';

const examples = `
Each time, the task is proposed anew with the rights that the owner has then: who edits a schedule becomes its owner.
Where policy asks for an approval, each firing opens a ticket; the next one waits for it or is left out, as --overlap says.
Examples:
  signalbox schedule create nightly-cleanup --cron "30 3 * * *" --zone Europe/Berlin --node infra.web -- /opt/cleanup
  signalbox schedule create patch --cron "0 2 * * SUN" --node infra.prod --script ./patch.sh --overlap queue --catch-up 2h
  signalbox schedule next nightly-cleanup --count 20
  signalbox schedule firings nightly-cleanup --state missed`;

interface Timing {
  readonly cron?: string;
  readonly zone?: string;
  readonly overlap?: (typeof overlapPolicies)[number];
  readonly catchUp?: number;
  readonly description?: string;
  readonly belongsTo?: string;
}

/** `signalbox schedule …` */
export function addScheduleCommands(program: Command, context: CliContext): void {
  const schedule = program
    .command('schedule')
    .description('Tasks that run again and again, at times of their own')
    .addHelpText('after', examples);
  const client = () => createSchedulesClient(context.http());
  const { print } = context;

  withOutput(
    withTiming(
      withWhatRuns(
        schedule
          .command('create')
          .description('Have a task run at the times of a cron expression')
          .usage('NAME --cron EXPRESSION (--node PATH | --host A,B) [options] (--script FILE | -- CMD ARGS…)')
          .argument('<name>'),
      ),
    ).argument('[words...]'),
  ).action(async (name: string, words: string[], options: OutputOption & TaskRunOptions & Timing, command: Command) => {
    refuseWords(command, words);
    if (options.cron === undefined) throw usageFault('--cron', 'say when: like --cron "30 3 * * 1-5"');
    const task = await readTaskInput(options, context.passthrough, context.io, libraryReader(context));
    warnOfLineBreaks(task, (line) => print.message(line));
    const made = await client().create({ name, cron: options.cron, ...timingOf(options), task });
    print.item(options.output, made, scheduleItem);
  });

  withLimit(
    withOutput(
      schedule
        .command('list')
        .description('List the schedules by name')
        .option('-q, --search <text>', 'part of a name or description'),
    ),
  ).action(async (options: OutputOption & LimitOption & { search?: string }) =>
    print.list(options.output, await client().list({ q: options.search }, rowLimit(options)), scheduleList),
  );

  withOutput(schedule.command('get').description('Show a schedule, with what it runs').argument('<schedule>')).action(
    async (name: string, options: OutputOption) => {
      const schedules = client();
      print.item(options.output, await schedules.get(await idOf(schedules, name)), scheduleItem);
    },
  );

  withOutput(
    withTiming(
      schedule
        .command('edit')
        .description('Change when it fires; whoever edits it becomes its owner')
        .argument('<schedule>'),
    ).option('--name <name>', 'another name'),
  ).action(async (name: string, options: OutputOption & Timing & { name?: string }) => {
    const schedules = client();
    const before = await schedules.get(await idOf(schedules, name));
    const renamed = options.name === undefined ? {} : { name: options.name };
    const cron = options.cron === undefined ? {} : { cron: options.cron };
    const input = { ...inputOf(before), ...timingOf(options), ...cron, ...renamed, version: before.version };
    print.item(options.output, await schedules.update(before.id, input), scheduleItem);
  });

  for (const [verb, description] of [
    ['pause', 'It fires no more until it is continued; what it has started goes on'],
    ['continue', 'It fires again; what was due meanwhile is not made up for'],
  ] as const) {
    withOutput(schedule.command(verb).description(description).argument('<schedule>')).action(
      async (name: string, options: OutputOption) => {
        const schedules = client();
        print.item(options.output, await schedules[verb](await idOf(schedules, name)), scheduleItem);
      },
    );
  }

  withOutput(schedule.command('run-now').description('Fire now, with your own rights').argument('<schedule>')).action(
    async (name: string, options: OutputOption) => {
      const schedules = client();
      const fired = await schedules.runNow(await idOf(schedules, name));
      print.item(options.output, fired, {
        fields: ({ state, subjectId, ticketId, detail }) => [
          ['state', detail === null ? state : `${state}: ${detail}`],
          ['task', subjectId ?? '-'],
          ['ticket', ticketId ?? '-'],
        ],
        name: ({ subjectId, dueAt }) => subjectId ?? dueAt,
      });
    },
  );

  withOutput(
    schedule
      .command('next')
      .description('List the next times at which it fires')
      .argument('<schedule>')
      .option('--count <n>', 'so many', wholeNumber, 10),
  ).action(async (name: string, options: OutputOption & { count: number }) => {
    const schedules = client();
    const { next } = await schedules.next(await idOf(schedules, name), options.count);
    print.list(
      options.output,
      next.map((at) => ({ at })),
      timeList,
    );
  });

  withLimit(
    withOutput(
      schedule
        .command('firings')
        .description('List what became of each time at which it was due, newest first')
        .argument('<schedule>')
        .addOption(new Option('--state <state>').choices(firingStates)),
    ),
  ).action(async (name: string, options: OutputOption & LimitOption & { state?: string }) => {
    const schedules = client();
    const id = await idOf(schedules, name);
    print.list(
      options.output,
      await schedules.firings(id, { state: options.state }, rowLimit(options, 50)),
      firingList,
    );
  });

  withOutput(
    schedule.command('rm').description('Delete a schedule; what it has started goes on').argument('<schedule>'),
  ).action(async (name: string, options: OutputOption) => {
    const schedules = client();
    const done = await schedules.delete(await idOf(schedules, name));
    print.item(options.output, { schedule: name, ...done }, { fields: () => [['deleted', name]], name: () => name });
  });
}

function withTiming(command: Command): Command {
  return command
    .option('--cron <expression>', 'minute, hour, day of month, month, day of week, like "30 3 * * 1-5"')
    .option('--zone <name>', 'time zone in which that is read, like Europe/Berlin (default UTC)')
    .addOption(new Option('--overlap <policy>', 'while the one before is not over').choices(overlapPolicies))
    .option('--catch-up <duration>', 'how late it may still run after an outage (default 10m)', durationMs)
    .option('--belongs-to <path>', 'node it belongs to; without: that of its target')
    .option('--description <text>', 'what it is for');
}

function timingOf({ zone, overlap, catchUp, description, belongsTo }: Timing): Partial<ScheduleInput> {
  return {
    ...(zone === undefined ? {} : { zone }),
    ...(overlap === undefined ? {} : { overlap }),
    ...(catchUp === undefined ? {} : { catchUpMs: catchUp }),
    ...(description === undefined ? {} : { description }),
    ...(belongsTo === undefined ? {} : { node: belongsTo }),
  };
}

/** A schedule as it would be sent to be as it is. */
function inputOf(schedule: ScheduleDetail): ScheduleInput {
  const { name, node, description, cron, zone, overlap, catchUpMs } = schedule;
  const { title, payload, strategy, target } = schedule.payload as {
    title: string;
    payload: Omit<ScheduleInput['task'], 'timeout'> & { timeoutMs: number };
    strategy: ScheduleInput['task']['strategy'];
    target: ScheduleInput['task']['target'];
  };
  const { timeoutMs, ...what } = payload;
  const task = { title, strategy, ...what, target, timeout: `${timeoutMs}ms` };
  return { name, description, cron, zone, overlap, catchUpMs, task, ...(node === null ? {} : { node }) };
}

async function idOf(schedules: SchedulesClient, name: string): Promise<string> {
  const found = await schedules.find(name);
  if (found === undefined) throw usageFault('schedule', `no schedule '${name}' (or you may not see it)`);
  return found.id;
}
