import type { Command } from 'commander';
import type { SubmittedTask } from '#api/tasks/tasks.contract.ts';
import { createPoliciesClient } from '../changes/policies.client.ts';
import { createTasksClient } from './tasks.client.ts';
import type { CliContext } from '../kernel/context.ts';
import { isForPeople } from '../kernel/output/printer.ts';
import { localTime } from '../kernel/output/text.ts';
import { libraryReader } from '../scripts/library-script.ts';
import { withOutput, type OutputOption } from '../kernel/options.ts';
import { previewItem } from '../changes/policy-views.ts';
import { followToEnd } from './task-follow.ts';
import { warnOfLineBreaks } from './line-break-warning.ts';
import { readTaskInput, type TaskRunOptions } from './task-input.ts';
import { refuseWords, withTaskOptions } from './task-options.ts';
import { submittedTask } from './task-views.ts';

const examples = `
Examples:
  signalbox task run --node infra.web -- uptime
  signalbox task run --host web-1,web-2 --script ./restart.sh --arg nginx --run-as deploy --concurrency 1 --on-error stop
  signalbox task run --node infra.web --library rotate-logs@3 --arg nginx
  signalbox task run --hosts-file hosts.txt --timeout 30s --wait -o json -- bash -c 'df -h / | tail -1'
  signalbox task run --node infra.prod --script ./patch.sh --preview              who would have to approve it
  signalbox task run --node infra.prod --script ./patch.sh --run-at 2026-11-21T22:00:00Z

Tables wait for the end and show it; the other formats print the task as submitted and return, unless --wait is given.
Where policy asks for an approval, the answer names the ticket that the task waits for; only --wait waits with it.
Everything after -- belongs to the command. Without a shell in it, no shell is involved.`;

/** `signalbox task run` */
export function addTaskRunCommand(task: Command, context: CliContext): void {
  withOutput(
    withTaskOptions(
      task
        .command('run')
        .description('Run a script or a command on hosts')
        .usage(
          '(--node PATH | --host A,B | --hosts-file F) [options] (--script FILE | --library NAME[@VERSION] | -- CMD ARGS…)',
        ),
    )
      .option('--preview', 'only show what policy says of it; nothing is stored, nothing runs')
      .option('--wait', 'wait for the end, with live progress; exit code 0 only if every host succeeded')
      .option('--no-wait', 'return once it is submitted')
      .addHelpText('after', examples),
  )
    .argument('[words...]')
    .action(
      async (
        words: string[],
        options: OutputOption & TaskRunOptions & { preview?: boolean; wait?: boolean },
        command: Command,
      ) => {
        refuseWords(command, words);
        const { print } = context;
        const input = await readTaskInput(options, context.passthrough, context.io, libraryReader(context));
        warnOfLineBreaks(input, (line) => print.message(line));
        if (options.preview === true) {
          print.item(
            options.output,
            await createPoliciesClient(context.http()).preview('task.run', input),
            previewItem,
          );
          return;
        }
        const tasks = createTasksClient(context.http(), context.io.interrupted);
        const submitted = await tasks.submit(input);
        const { ticketId } = submitted;
        if (options.wait ?? (isForPeople(options.output) && ticketId === null)) {
          await followToEnd(context, tasks, submitted.id, options.output, {
            begun: begun(submitted),
            good: ['succeeded'],
          });
        } else {
          print.item(options.output, submitted, submittedTask);
          if (ticketId !== null && isForPeople(options.output)) print.data(waits(ticketId, submitted.id, input.runAt));
        }
      },
    );
}

function begun({ id, ticketId, counts }: SubmittedTask): string {
  const where = `Task ${id} on ${counts.total} ${counts.total === 1 ? 'host' : 'hosts'}`;
  return ticketId === null ? where : `${where}, waits for approval: ticket ${ticketId}`;
}

/** What to do about a task that does not run yet. */
function waits(ticketId: string, taskId: string, runAt: string | undefined): string {
  const what = runAt === undefined ? 'Waits for approval' : `Waits for approval, then for ${localTime(runAt)}`;
  return [
    `${what}: ticket ${ticketId}`,
    `  see what would run:  signalbox ticket get ${ticketId}`,
    `  approve:             signalbox ticket approve ${ticketId}`,
    `  wait for the end:    signalbox task wait ${taskId}`,
    '',
  ].join('\n');
}
