import type { ApiProblem } from '#web/lib/api/problem.ts';
import { t } from '#web/lib/i18n/index.svelte.ts';
import { reasonWord } from './reason-words.ts';

/** Codes whose detail says what happened better than any sentence of ours. */
const ownWords = ['invalid-input', 'malformed-request', 'conflict', 'not-found', 'not-in-this-state', 'client'];

/** A refusal as one sentence for people, in their language where its reason has one. */
export function problemWords(problem: ApiProblem): string {
  if (problem.code === 'offline') return t('common.noConnection');
  if (problem.reason !== undefined) return reasonWord(problem.reason, problem.message);
  return ownWords.includes(problem.code) ? problem.message : reasonWord(problem.code, problem.message);
}
