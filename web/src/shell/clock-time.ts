import { intlLocale } from '#web/lib/i18n/index.svelte.ts';
import { prefs } from '#web/lib/prefs/prefs.svelte.ts';

/** Hours and minutes of a time of today, in the zone that this person reads times in. */
export function clockTime(at: string): string {
  const zone = prefs.timeMode === 'utc' ? { timeZone: 'UTC' } : {};
  const options: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...zone };
  const text = new Intl.DateTimeFormat(intlLocale(), options).format(new Date(at));
  return prefs.timeMode === 'utc' ? `${text} UTC` : text;
}
