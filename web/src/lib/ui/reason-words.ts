import { isReason, type Reason } from '#domain/reasons.ts';
import { currentLocale, t } from '#web/lib/i18n/index.svelte.ts';
import { prefs } from '#web/lib/prefs/prefs.svelte.ts';
import { spokenParams } from '#words/spoken-params.ts';
import { localTime, utcTime } from './time/format-time.ts';

/** The reason of an answer: its code with parameters, and the English sentence for codes that this page does not know. */
export interface AnsweredReason {
  readonly reason?: string | null | undefined;
  readonly params?: unknown;
  readonly detail?: string | null | undefined;
}

/** Why, in the reader's language; empty where there is no reason. Reactive, as `t` is. */
export function whyWords({ reason, params, detail }: AnsweredReason): string {
  const known = { code: reason, params: params ?? {} };
  return isReason(known) ? reasonWords(known) : (detail ?? reason ?? '');
}

/** A reason in the reader's language, with times as they want them. */
export function reasonWords(reason: Reason): string {
  return t(`reasons.${reason.code}`, spokenParams(reason, currentLocale(), spokenTime));
}

/** The reasons among what the details of a happening have there, one after another; undefined where there is none. */
export function reasonsIn(value: unknown): string | undefined {
  const reasons = (Array.isArray(value) ? value : [value]).filter(isReason);
  return reasons.length === 0 ? undefined : reasons.map(reasonWords).join(t('ui.reasonSeparator'));
}

function spokenTime(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return text;
  return prefs.timeMode === 'utc' ? utcTime(time) : localTime(time);
}
