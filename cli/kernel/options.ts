import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseInstant } from '#domain/instant.ts';
import { parseDuration } from '#domain/tasks/duration.ts';
import { inEnglish } from '#words/english.ts';
import { isForPeople, outputFormats, type OutputFormat } from './output/printer.ts';

/** Options that {@link withOutput} gives. */
export interface OutputOption {
  readonly output: OutputFormat;
}

/** Options that {@link withLimit} gives. */
export interface LimitOption {
  readonly limit?: number;
}

/** Adds `-o`. */
export function withOutput(command: Command): Command {
  return command.addOption(
    new Option('-o, --output <format>', 'how the answer is printed').choices(outputFormats).default('table'),
  );
}

/** Adds `--limit`; `0` means all. */
export function withLimit(command: Command, what = 'at most this many rows; 0 for all'): Command {
  return command.option('--limit <n>', what, wholeNumber);
}

/** Rows to fetch: all, except that people are shown `forPeople` rows where they asked for no other number. */
export function rowLimit(options: OutputOption & LimitOption, forPeople?: number): number | undefined {
  if (options.limit !== undefined) return options.limit === 0 ? undefined : options.limit;
  return options.output === 'table' || options.output === 'wide' ? forPeople : undefined;
}

/** Value of an option that is a number; the platform says whether it is one that will do. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** Value of an option that is a duration, in milliseconds. */
export function durationMs(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('It must be a duration like 30s, 5m or 1h30m.');
  return ms;
}

/** Collects an option that may be given many times. */
export function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** An option that may be given many times, with one of `choices` each time. */
export function collectChoices(option: Option, choices: readonly string[]): Option {
  return option.choices(choices).argParser((value, before: readonly string[] | undefined) => {
    if (!choices.includes(value)) throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
    return collect(value, before);
  });
}

/** Value of an option that is a time: ISO 8601 with date and time of day, local where it names no zone; in UTC then. */
export function timeValue(text: string): string {
  const { at, fault } = parseInstant(text);
  if (fault?.code === 'not-a-time') {
    throw new InvalidArgumentError('It must be a time like 2026-11-21T22:00:00Z (without a zone: local time).');
  }
  if (fault !== undefined) throw new InvalidArgumentError(inEnglish(fault));
  return at.toISOString();
}

/** A sentence for people who were shown `shown` rows because they named no limit. */
export function sayWhereCut(options: OutputOption & LimitOption, rows: number, shown: number): string | undefined {
  const cut = options.limit === undefined && isForPeople(options.output) && rows === shown;
  return cut ? `The newest ${shown}; --limit 0 shows all.` : undefined;
}
