import type { ScriptLanguage } from '#web/nouns/scripts/client.ts';
import type { TaskDetail, TaskInput } from '#web/nouns/tasks/client.ts';

/** Where the script of a task comes from: typed, copied from the library, or a single command without a shell. */
export type ScriptSource = 'script' | 'library' | 'command';

/** What runs a script; `auto` is its first line, else /bin/sh. */
export const interpreterChoices = ['auto', 'bash', 'sh', 'python3', 'other'] as const;
export type InterpreterChoice = (typeof interpreterChoices)[number];

export type TargetBy = 'node' | 'machines' | 'pasted';
export type TimeUnit = 's' | 'm' | 'h';

/** A script of the library as the task takes it. */
export interface LibraryChoice {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly language: ScriptLanguage;
  readonly content: string;
}

/** A machine that was chosen. */
export interface ChosenHost {
  readonly name: string;
  readonly address: string;
}

export interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
  /** Its value is this secret; then `value` is empty. */
  readonly secret?: SecretReference;
}

/** A version of a secret, as the api names it. */
export type SecretReference = Exclude<TaskDetail['payload']['env'][string], string>;

/**
 * A task as it is being written: every field as it stands on the form, also those that another choice hides, so that
 * going back and forth loses nothing.
 */
export interface TaskDraft {
  readonly title: string;
  readonly source: ScriptSource;
  readonly script: string;
  readonly library: LibraryChoice | null;
  readonly command: string;
  readonly interpreter: InterpreterChoice;
  readonly otherInterpreter: string;
  readonly args: readonly string[];
  readonly env: readonly EnvironmentVariable[];
  readonly workDir: string;
  readonly runAs: string;
  readonly targetBy: TargetBy;
  readonly node: string;
  readonly machines: readonly ChosenHost[];
  readonly pasted: string;
  readonly concurrency: 'all' | 'limit';
  readonly concurrencyLimit: string;
  readonly timeout: string;
  readonly timeoutUnit: TimeUnit;
  readonly onError: 'continue' | 'stop' | 'count' | 'share';
  readonly onErrorCount: string;
  readonly onErrorShare: string;
  readonly when: 'now' | 'later';
  /** As `<input type="datetime-local">` has it: local, without a zone. */
  readonly runAt: string;
  readonly expiresAt: string;
}

export const emptyDraft: TaskDraft = {
  title: '',
  source: 'script',
  script: '',
  library: null,
  command: '',
  interpreter: 'auto',
  otherInterpreter: '',
  args: [],
  env: [],
  workDir: '',
  runAs: '',
  targetBy: 'node',
  node: '',
  machines: [],
  pasted: '',
  concurrency: 'all',
  concurrencyLimit: '10',
  timeout: '1',
  timeoutUnit: 'h',
  onError: 'continue',
  onErrorCount: '3',
  onErrorShare: '10',
  when: 'now',
  runAt: '',
  expiresAt: '',
};

/** The four steps in their order. */
export const draftSteps = ['script', 'hosts', 'how', 'review'] as const;
export type DraftStep = (typeof draftSteps)[number];

export type TaskTarget = TaskInput['target'];
