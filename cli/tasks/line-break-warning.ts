import type { TaskInput } from '#api/tasks/tasks.contract.ts';
import { breaksByLineBreaks } from '#domain/tasks/line-breaks.ts';
import { because } from '#domain/reasons.ts';
import { inEnglish } from '#words/english.ts';

/** Says where Windows line breaks will break what runs. */
export function warnOfLineBreaks({ script, interpreter }: TaskInput, say: (line: string) => void): void {
  if (script === undefined || !breaksByLineBreaks(script, interpreter)) return;
  say(`warning: ${inEnglish(because('windows-line-breaks'))}`);
}
