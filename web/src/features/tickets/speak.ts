import type { ApiProblem } from '#web/lib/api/problem.ts';
import { t } from '#web/lib/i18n/index.svelte.ts';
import { prefs } from '#web/lib/prefs/prefs.svelte.ts';
import { localTime, utcTime } from '#web/lib/ui/time/format-time.ts';
import { platformReasons } from './model/platform-words.ts';
import type { Say } from './model/say.ts';

/** Says it in the reader's language. Reactive, as `t` is. */
export function speak(say: Say): string {
  return t(say.key, say.params);
}

/** What became of something that was sent: refused, or nobody knows, and sending it again does no harm. */
export function speakFailure(problem: ApiProblem): string {
  return problem.isTemporary || problem.status >= 500 ? t('tickets.noAnswer') : t('tickets.refused');
}

/** What the platform said (reasons, ends), in the reader's language as far as it is known, with times as they want them. */
export function speakPlatform(text: string): string {
  return platformReasons(text)
    .map((said) => (typeof said === 'string' ? said : t(said.key, inWords(said.params ?? {}))))
    .join(t('tickets.reasonSeparator'));
}

function inWords(params: NonNullable<Say['params']>): NonNullable<Say['params']> {
  const { why, time, ...rest } = params;
  return {
    ...rest,
    ...(typeof why === 'string' ? { why: speakPlatform(why) } : {}),
    ...(typeof time === 'string' ? { time: timeOf(time) } : {}),
  };
}

function timeOf(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return text;
  return prefs.timeMode === 'utc' ? utcTime(time) : localTime(time);
}
