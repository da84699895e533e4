import { t } from '#web/lib/i18n/index.svelte.ts';
import type { OverlapPolicy } from '#web/nouns/schedules/client.ts';

const words = {
  skip: ['schedules.overlapSkip', 'schedules.overlapSkipHint'],
  queue: ['schedules.overlapQueue', 'schedules.overlapQueueHint'],
  replace: ['schedules.overlapReplace', 'schedules.overlapReplaceHint'],
} as const;

/** What becomes of a firing whose predecessor is not over. */
export function overlapWord(policy: OverlapPolicy): string {
  return t(words[policy][0]);
}

/** What that means, in a sentence. */
export function overlapHint(policy: OverlapPolicy): string {
  return t(words[policy][1]);
}
