import type { Command } from 'commander';
import { collect, timeValue, wholeNumber } from '../kernel/options.ts';

/** Adds the options that say what runs where and when, as `readTaskInput` reads them. */
export function withTaskOptions(command: Command): Command {
  return command
    .option('--node <path>', 'all machines of this node and below')
    .option('--host <names>', 'agent names or addresses, joined by commas; may be given again', collect)
    .option('--hosts-file <file>', 'the same, one a line; - is standard input')
    .option('--script <file>', 'script to run; - is standard input')
    .option('--library <name[@version]>', 'script of the library; without a version: the latest')
    .option('--interpreter <name>', 'what runs the script, where its first line does not say')
    .option('--arg <value>', 'argument of the script; may be given again', collect)
    .option('--env <name=value>', 'environment variable; may be given again', collect)
    .option(
      '--env-secret <name=secret[@version]>',
      'environment variable with the value of a secret; without a version: the latest; may be given again',
      collect,
    )
    .option('--work-dir <path>', 'folder on the host to run in')
    .option('--run-as <user>', 'user on the host to run as')
    .option('--concurrency <n>', 'hosts at once, in the given order; without: all', wholeNumber)
    .option('--timeout <duration>', 'longest time per host, like 30s or 1h30m')
    .option('--on-error <strategy>', 'stop, continue, or stop at N or N% failed hosts')
    .option('--title <text>', 'name of the task in lists')
    .option('--run-at <time>', 'not before this time, like 2026-11-21T22:00:00Z; a ticket waits for it', timeValue)
    .option('--expires-at <time>', 'not after this time (an hour after --run-at)', timeValue);
}

/** Ends a command line that has the command to run in the wrong place. */
export function refuseWords(command: Command, words: readonly string[]): void {
  if (words.length > 0) command.error(`error: put the command after --, like: -- ${words.join(' ')}`);
}
