import { toast as sonner } from 'svelte-sonner';
import { asProblem } from '#web/lib/api/problem.ts';
import { t } from '#web/lib/i18n/index.svelte.ts';
import { problemWords } from './problem-words.ts';

const undoMs = 8_000;
const problemMs = 12_000;

/** Short messages in the corner, for what needs no answer. */
export const toast = {
  /** It is done; `undo` takes it back while the message is seen. */
  done(text: string, more: { readonly undo?: (() => void) | undefined } = {}): void {
    const { undo } = more;
    if (undo === undefined) sonner.success(text);
    else sonner.success(text, { duration: undoMs, action: { label: t('ui.undo'), onClick: undo } });
  },
  /** It was refused or failed; said as the api said it, with the request id. */
  problem(error: unknown): void {
    const problem = asProblem(error);
    const id = problem.requestId;
    sonner.error(problemWords(problem), {
      duration: problemMs,
      ...(id === undefined ? {} : { description: `${t('common.requestId')}: ${id}` }),
    });
  },
  info(text: string): void {
    sonner.info(text);
  },
};
