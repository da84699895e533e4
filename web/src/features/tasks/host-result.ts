import type { HostRun } from '#web/nouns/tasks/client.ts';
import { messages as english } from '#web/nouns/tasks/messages/tasks.en.ts';
import type { MessageKey } from '#web/lib/i18n/sources.ts';

const openStates: ReadonlySet<HostRun['state']> = new Set(['pending', 'ready', 'dispatched', 'running', 'killing']);

/** Whether the run has come to an end. (The true result of a lost one may still come.) */
export function hasEnded(run: Pick<HostRun, 'state'>): boolean {
  return !openStates.has(run.state);
}

type CodeKey = Extract<MessageKey, `tasks.code${string}`>;

/** Result codes by what is said of them. */
const codeWords: ReadonlyMap<number, CodeKey> = new Map<number, CodeKey>([
  [2, 'tasks.codeNormalTermination'],
  [203, 'tasks.codeNoSuchHost'],
  [0x0100, 'tasks.codeTimedOut'],
  [0x0101, 'tasks.codeScriptFailed'],
  [0x0102, 'tasks.codeKilledBySignal'],
  [0x0103, 'tasks.codeOutOfMemory'],
  [0x0200, 'tasks.codeCannotStart'],
  [0x0201, 'tasks.codeNoSuchUser'],
  [0x0202, 'tasks.codeUserNotPermitted'],
  [0x0203, 'tasks.codeInterpreterMissing'],
  [0x0204, 'tasks.codeWorkDirMissing'],
  [0x0205, 'tasks.codeDiskFull'],
  [0x0206, 'tasks.codeNoAgent'],
  [0x0300, 'tasks.codeKilledByOperator'],
  [0x0301, 'tasks.codeRevokedBeforeStart'],
  [0x0302, 'tasks.codeStoppedByErrorStrategy'],
  [0x0400, 'tasks.codeLeaseExpired'],
  [0x0401, 'tasks.codeSpoolReplaced'],
  [0x0402, 'tasks.codeHostRebooted'],
  [0x0403, 'tasks.codeOutcomeUnknown'],
  [0x0404, 'tasks.codeAgentRevoked'],
]);

/** What to say of the end of a run by its code; undefined where there is none, or one that is not known here. */
export function codeWord(code: number | null): CodeKey | undefined {
  return code === null ? undefined : codeWords.get(code);
}

/** The short result for a table: exit code, else signal; undefined where only a sentence says it. */
export function shortResult(run: Pick<HostRun, 'exitCode' | 'signal'>): string | undefined {
  return run.exitCode === null ? (run.signal ?? undefined) : String(run.exitCode);
}

/**
 * What the platform knows of the end of a run beyond the sentence of its code, its exit code and its signal: the missing
 * user, the faulty program. The whole sentence where the code has no words here.
 */
export function resultDetail(run: Pick<HostRun, 'code' | 'reason' | 'exitCode' | 'signal'>): string {
  const { reason } = run;
  const key = codeWord(run.code);
  if (reason === null || key === undefined) return reason ?? '';
  const sentence = english[key.slice('tasks.'.length) as keyof typeof english];
  if (reason === sentence) return '';
  const detail = reason.startsWith(`${sentence}: `) ? reason.slice(sentence.length + 2) : reason;
  return detail === `exit code ${run.exitCode}` || detail === run.signal ? '' : detail;
}
