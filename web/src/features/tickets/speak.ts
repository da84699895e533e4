import type { ApiProblem } from '#web/lib/api/problem.ts';
import { t } from '#web/lib/i18n/index.svelte.ts';
import type { Say } from './model/say.ts';

/** Says it in the reader's language. Reactive, as `t` is. */
export function speak(say: Say): string {
  return t(say.key, say.params);
}

/** What became of something that was sent: refused, or nobody knows, and sending it again does no harm. */
export function speakFailure(problem: ApiProblem): string {
  return problem.isTemporary || problem.status >= 500 ? t('tickets.noAnswer') : t('tickets.refused');
}
