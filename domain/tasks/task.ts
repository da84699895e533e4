import { z } from 'zod';
import { secretReferenceSchema, secretRequestSchema } from '../secrets/secret-reference.ts';
import type { TaskCounts } from './host-run.ts';
import { onErrorSchema } from './task-policy.ts';

/** `awaiting-approval`: its ticket decides; `refused`: it will never run. */
export const taskStates = [
  'awaiting-approval',
  'submitted',
  'running',
  'paused',
  'killing',
  'succeeded',
  'failed',
  'killed',
  'refused',
] as const;
export type TaskState = (typeof taskStates)[number];

export const endedTaskStates = ['succeeded', 'failed', 'killed', 'refused'] as const satisfies readonly TaskState[];

export type EndedTaskState = (typeof endedTaskStates)[number];

export function isEndedTask(state: TaskState): state is EndedTaskState {
  return (endedTaskStates as readonly TaskState[]).includes(state);
}

/** What people can do to a task. Each is an Update of the task's workflow, by the id of an `operation` row. */
export const taskActions = ['pause', 'continue', 'kill', 'retry-failed'] as const;
export type TaskAction = (typeof taskActions)[number];
/** Actions after which no further host is handed out. */
export const stoppingActions: ReadonlySet<TaskAction> = new Set(['pause', 'kill']);

/** Limits of what may be submitted. */
export const taskLimits = {
  scriptBytes: 256 * 1024,
  args: 256,
  argBytes: 64 * 1024,
  /** Variables of one task whose values are secrets; with 64 KiB each they fit into a process and into one frame. */
  secrets: 16,
  hosts: 50_000,
  timeoutMs: { default: 3_600_000, max: 7 * 86_400_000 },
  /** Per stream and host: 48 KiB head and 16 KiB tail. */
  outputBytes: 64 * 1024,
  outputHeadBytes: 48 * 1024,
} as const;

/** Interpreters known by name; any other must be an absolute path (it may hold spaces). */
export const knownInterpreters = [
  'sh',
  'bash',
  'dash',
  'zsh',
  'ksh',
  'python3',
  'python',
  'perl',
  'ruby',
  'node',
  'php',
  'awk',
  'tclsh',
] as const;

/** Why an interpreter cannot be one, or undefined where it can. Whether a host has it, the host finds out. */
export function interpreterFault(interpreter: string): string | undefined {
  if (interpreter.includes('\0') || interpreter.includes('\n')) return 'must be one line';
  if (interpreter.startsWith('/')) return undefined;
  if ((knownInterpreters as readonly string[]).includes(interpreter)) return undefined;
  return `unknown interpreter '${interpreter}': give an absolute path or one of ${knownInterpreters.join(', ')}`;
}

/** Bytes of a text in UTF-8 (TextEncoder is no part of the workflow sandbox). */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

const line = z.string().refine((text) => !text.includes('\0'), 'must not contain a NUL byte');

/** All that says what runs; the values of its environment are of one kind or the other. Durations are milliseconds. */
const payloadWith = <Value extends z.ZodType<string | object>>(value: Value) =>
  z
    .object({
      /** Script text; exclusive with `command`. */
      script: line.min(1).optional(),
      /** Program and its arguments, started without a shell; exclusive with `script`. */
      command: z.array(line).min(1).max(taskLimits.args).optional(),
      interpreter: line.optional(),
      args: z.array(line).max(taskLimits.args).default([]),
      env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), value).default({}),
      workDir: line.startsWith('/').optional(),
      runAs: z
        .string()
        .regex(/^[a-z_][a-z0-9_.-]{0,31}$/i, 'must be a user name')
        .optional(),
      timeoutMs: z.int().min(1).max(taskLimits.timeoutMs.max).default(taskLimits.timeoutMs.default),
    })
    .superRefine((payload, context) => {
      for (const { path, message } of payloadFaults(payload)) context.addIssue({ code: 'custom', path, message });
    });

/** What runs, as it is proposed: a secret is asked for by its name, and may be asked for in its latest version. */
export const taskPayloadRequestSchema = payloadWith(z.union([line, secretRequestSchema]));
export type TaskPayloadRequest = z.infer<typeof taskPayloadRequestSchema>;

/** What runs: exactly this is stored, shown, and (with approvals) hashed. */
export const taskPayloadSchema = payloadWith(z.union([line, secretReferenceSchema]));
export type TaskPayload = z.infer<typeof taskPayloadSchema>;

interface CheckedPayload {
  readonly script?: string | undefined;
  readonly command?: readonly string[] | undefined;
  readonly interpreter?: string | undefined;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | object>>;
}

/** What is wrong with a payload beyond the shape of each of its fields. */
function payloadFaults(payload: CheckedPayload): { path: string[]; message: string }[] {
  const faults: { path: string[]; message: string }[] = [];
  const fault = (path: string, message: string) => faults.push({ path: [path], message });
  if ((payload.script === undefined) === (payload.command === undefined)) {
    fault('script', 'give either a script or a command');
  }
  if (payload.script !== undefined && utf8Length(payload.script) > taskLimits.scriptBytes) {
    fault('script', `is longer than ${taskLimits.scriptBytes} bytes`);
  }
  const bytesOf = (texts: readonly string[]) => texts.reduce((sum, text) => sum + utf8Length(text) + 1, 0);
  const environment = Object.entries(payload.env);
  for (const [path, texts] of [
    ['args', payload.args],
    ['command', payload.command ?? []],
    ['env', environment.flat().filter((part) => typeof part === 'string')],
  ] as const) {
    if (bytesOf(texts) > taskLimits.argBytes) fault(path, `is longer than ${taskLimits.argBytes} bytes altogether`);
  }
  if (environment.filter(([, value]) => typeof value !== 'string').length > taskLimits.secrets) {
    fault('env', `names more than ${taskLimits.secrets} secrets`);
  }
  if (payload.interpreter !== undefined) {
    if (payload.command !== undefined) fault('interpreter', 'only a script has an interpreter');
    const wrong = interpreterFault(payload.interpreter);
    if (wrong !== undefined) fault('interpreter', wrong);
  } else if (payload.script?.startsWith('#!')) {
    const shebang = payload.script.slice(2).split('\n', 1)[0]?.trim() ?? '';
    if (!shebang.startsWith('/')) fault('script', `unknown interpreter in the first line: '#!${shebang}'`);
  }
  return faults;
}

/** How it is handed out. */
export const taskStrategySchema = z.object({
  /** Hosts in flight at once, handed out in the given order; absent: all. */
  concurrency: z.int().min(1).max(taskLimits.hosts).optional(),
  onError: onErrorSchema.default('continue'),
});
export type TaskStrategy = z.infer<typeof taskStrategySchema>;

/** A task as people list it. Times are ISO 8601 in UTC. */
export interface TaskSummary {
  readonly id: string;
  readonly title: string;
  readonly state: TaskState;
  readonly requester: string;
  /** Full names of the nodes it was submitted on. */
  readonly nodes: readonly string[];
  readonly counts: TaskCounts;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}
