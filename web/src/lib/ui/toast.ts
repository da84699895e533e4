import type { toast as sonnerToast } from 'svelte-sonner';
import { asProblem } from '#web/lib/api/problem.ts';
import { t } from '#web/lib/i18n/index.svelte.ts';
import { problemWords } from './problem-words.ts';

const undoMs = 8_000;
const problemMs = 12_000;

type Sonner = typeof sonnerToast;

/** Loaded with the first message. One that cannot be shown is not worth an error of its own. */
function show(say: (sonner: Sonner) => unknown): void {
  import('svelte-sonner').then(({ toast: sonner }) => say(sonner)).catch(() => undefined);
}

/** Short messages in the corner, for what needs no answer. */
export const toast = {
  /** It is done; `undo` takes it back while the message is seen. */
  done(text: string, { undo }: { readonly undo?: (() => void) | undefined } = {}): void {
    const more = undo === undefined ? {} : { duration: undoMs, action: { label: t('ui.undo'), onClick: undo } };
    show((sonner) => sonner.success(text, more));
  },
  /** It was refused or failed; said as the api said it, with the request id. */
  problem(error: unknown): void {
    const problem = asProblem(error);
    const id = problem.requestId;
    const words = problemWords(problem);
    const more = id === undefined ? {} : { description: `${t('common.requestId')}: ${id}` };
    show((sonner) => sonner.error(words, { duration: problemMs, ...more }));
  },
  info(text: string): void {
    show((sonner) => sonner.info(text));
  },
};
