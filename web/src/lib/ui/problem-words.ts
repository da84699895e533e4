import type { ApiProblem, FieldError } from '#web/lib/api/problem.ts';
import { t } from '#web/lib/i18n/index.svelte.ts';
import { whyWords } from './reason-words.ts';

/** A refusal as one sentence for people, in their language where its reason has one. */
export function problemWords(problem: ApiProblem): string {
  if (problem.code === 'offline') return t('common.noConnection');
  // Each wrong field says for itself what is wrong.
  if (problem.code === 'invalid-input' && problem.errors.length > 0) return t('ui.fieldsWrong');
  return whyWords({ reason: problem.reason, params: problem.params, detail: problem.message });
}

/** What is wrong with a field, in the reader's language where the api gave a reason. */
export function faultWords({ reason, params, message }: FieldError): string {
  return whyWords({ reason, params, detail: message });
}

/** What is wrong with a field, or with one below it. */
export function fieldWords(problem: ApiProblem | undefined, field: string): string | undefined {
  const error = problem?.fieldError(field);
  return error === undefined ? undefined : faultWords(error);
}
