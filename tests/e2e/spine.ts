import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CliResult } from '#tests/support/command.ts';
import type { RealAgent } from '#tests/support/platform-agents.ts';
import type { Platform } from '#tests/support/platform.ts';

/** What the suites of the spine share. */
export interface Spine {
  readonly platform: Platform;
  /** The agent of this machine, that the platform brought up itself. */
  readonly local: string;
  readonly alpha: RealAgent;
  readonly beta: RealAgent;
}

/** A task as `task run -o json` promises it. */
export interface TaskJson {
  readonly id: string;
  readonly state: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** A host as `task hosts -o json` promises it. */
export interface HostJson {
  readonly host: string;
  readonly address: string;
  readonly state: string;
  readonly exitCode: number | null;
  readonly attempt: number;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly durationMs: number | null;
  readonly code: number | null;
  readonly reason: string | null;
  readonly signal: string | null;
}

/** Runs a command line that has to end with 0, and reads its JSON. */
export async function cliJson<T>(spine: Spine, ...args: string[]): Promise<T> {
  const result = await spine.platform.cli([...args, '-o', 'json']);
  if (result.code !== 0) throw new Error(`${args.join(' ')}: exit ${result.code}\n${result.stdout}${result.stderr}`);
  return result.json<T>();
}

/** `task run … --wait`, whatever comes of it. Options come first, then `--` and the command, if there is one. */
export async function runAndWait(
  spine: Spine,
  options: readonly string[],
  command: readonly string[] = [],
): Promise<{ exit: number; task: TaskJson; hosts: HostJson[]; result: CliResult }> {
  const tail = command.length === 0 ? [] : ['--', ...command];
  const result = await spine.platform.cli(['task', 'run', ...options, '--wait', '-o', 'json', ...tail]);
  const task = result.json<TaskJson>();
  return { exit: result.code, task, hosts: await cliJson<HostJson[]>(spine, 'task', 'hosts', task.id), result };
}

/** What `task output` writes. */
export async function outputOf(spine: Spine, task: string, host: string, ...more: string[]): Promise<string> {
  const result = await spine.platform.cli(['task', 'output', task, host, ...more]);
  if (result.code !== 0) throw new Error(`task output: exit ${result.code} ${result.stderr}`);
  return result.stdout;
}

/** A file of the test's own; returns its path. */
export function writeText(spine: Spine, name: string, text: string): string {
  const folder = join(spine.platform.folder, 'files');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
