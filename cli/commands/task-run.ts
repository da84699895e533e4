import type { Command } from 'commander';
import { createTasksClient } from '../client/tasks.ts';
import type { CliContext } from '../context.ts';
import { isForPeople } from '../output/printer.ts';
import { collect, wholeNumber, withOutput, type OutputOption } from './options.ts';
import { followToEnd } from './task-follow.ts';
import { readTaskInput, type TaskRunOptions } from './task-input.ts';
import { submittedTask } from './task-views.ts';

const examples = `
Examples:
  signalbox task run --node infra.web -- uptime
  signalbox task run --host web-1,web-2 --script ./restart.sh --arg nginx --run-as deploy --concurrency 1 --on-error stop
  signalbox task run --hosts-file hosts.txt --timeout 30s --wait -o json -- bash -c 'df -h / | tail -1'

Tables wait for the end and show it; the other formats print the task as submitted and return, unless --wait is given.
Everything after -- belongs to the command. Without a shell in it, no shell is involved.`;

/** `signalbox task run` */
export function addTaskRunCommand(task: Command, context: CliContext): void {
  withOutput(
    task
      .command('run')
      .description('Run a script or a command on hosts')
      .usage('(--node PATH | --host A,B | --hosts-file F) [options] (--script FILE | -- CMD ARGS…)')
      .option('--node <path>', 'all machines of this node and below')
      .option('--host <names>', 'agent names or addresses, joined by commas; may be given again', collect)
      .option('--hosts-file <file>', 'the same, one a line; - is standard input')
      .option('--script <file>', 'script to run; - is standard input')
      .option('--interpreter <name>', 'what runs the script, where its first line does not say')
      .option('--arg <value>', 'argument of the script; may be given again', collect)
      .option('--env <name=value>', 'environment variable; may be given again', collect)
      .option('--work-dir <path>', 'folder on the host to run in')
      .option('--run-as <user>', 'user on the host to run as')
      .option('--concurrency <n>', 'hosts at once, in the given order; without: all', wholeNumber)
      .option('--timeout <duration>', 'longest time per host, like 30s or 1h30m')
      .option('--on-error <strategy>', 'stop, continue, or stop at N or N% failed hosts')
      .option('--title <text>', 'name of the task in lists')
      .option('--wait', 'wait for the end, with live progress; exit code 0 only if every host succeeded')
      .option('--no-wait', 'return once it is submitted')
      .addHelpText('after', examples),
  )
    .argument('[words...]')
    .action(async (words: string[], options: OutputOption & TaskRunOptions & { wait?: boolean }, command: Command) => {
      if (words.length > 0) command.error(`error: put the command after --, like: -- ${words.join(' ')}`);
      const input = await readTaskInput(options, context.passthrough, context.io);
      const tasks = createTasksClient(context.http(), context.io.interrupted);
      const submitted = await tasks.submit(input);
      if (!(options.wait ?? isForPeople(options.output))) {
        context.print.item(options.output, submitted, submittedTask);
        return;
      }
      await followToEnd(context, tasks, submitted.id, options.output, {
        begun: `Task ${submitted.id} on ${submitted.counts.total} ${submitted.counts.total === 1 ? 'host' : 'hosts'}${
          submitted.ticketId === null ? '' : `, waits for the approval of ${submitted.ticketId}`
        }`,
        good: ['succeeded'],
      });
    });
}
