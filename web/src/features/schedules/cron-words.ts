import { intlLocale, t } from '#web/lib/i18n/index.svelte.ts';
import { readCron } from './read-cron.ts';

/** When a cron expression fires, as a sentence; undefined where none says it. Reactive, as `t` is. */
export function cronWords(cron: string): string | undefined {
  const meaning = readCron(cron);
  if (meaning === undefined) return undefined;
  switch (meaning.every) {
    case 'minute':
      return t('schedules.everyMinute');
    case 'minutes':
      return t('schedules.everyMinutes', { n: meaning.n });
    case 'hour':
      return meaning.minute === 0
        ? t('schedules.everyHourSharp')
        : t('schedules.everyHour', { minute: String(meaning.minute) });
    case 'hours':
      return meaning.minute === 0
        ? t('schedules.everyHoursSharp', { n: meaning.n })
        : t('schedules.everyHours', { n: meaning.n, minute: String(meaning.minute) });
    case 'day':
      return t('schedules.everyDay', { times: list(meaning.times) });
    case 'weekday':
      return t('schedules.everyWeekday', { times: list(meaning.times) });
    case 'week':
      return t('schedules.everyWeek', { days: list(meaning.days.map(dayWord)), times: list(meaning.times) });
    case 'month':
      return t('schedules.everyMonth', { days: list(meaning.days.map(String)), times: list(meaning.times) });
  }
}

function list(words: readonly string[]): string {
  return new Intl.ListFormat(intlLocale(), { type: 'conjunction' }).format(words);
}

/** The name of a day of the week; 0 is Sunday. */
function dayWord(day: number): string {
  const sunday = Date.UTC(2023, 0, 1);
  return new Intl.DateTimeFormat(intlLocale(), { weekday: 'long', timeZone: 'UTC' }).format(sunday + day * 86_400_000);
}
