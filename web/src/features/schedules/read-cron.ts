/** What a cron expression means, where a sentence says it; times are `HH:MM`, days of the week 0 (Sunday) to 6. */
export type CronMeaning =
  | { readonly every: 'minute' }
  | { readonly every: 'minutes'; readonly n: number }
  | { readonly every: 'hour'; readonly minute: number }
  | { readonly every: 'hours'; readonly n: number; readonly minute: number }
  | { readonly every: 'day' | 'weekday'; readonly times: readonly string[] }
  | { readonly every: 'week'; readonly days: readonly number[]; readonly times: readonly string[] }
  | { readonly every: 'month'; readonly days: readonly number[]; readonly times: readonly string[] };

const mostTimes = 4;
const daysOfWeek = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/**
 * Reads an expression as it is kept (single blanks, names in capitals). Undefined for what no short sentence says: those
 * who read one have to be able to believe it.
 */
export function readCron(cron: string): CronMeaning | undefined {
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = '', ...rest] = cron.split(' ');
  if (rest.length > 0 || month !== '*') return undefined;
  const everyDay = dayOfMonth === '*' && dayOfWeek === '*';
  if (everyDay && hour === '*') return withinHours(minute);
  const minutes = numbers(minute);
  const n = stepOf(hour, 24);
  if (everyDay && n !== undefined && minutes?.length === 1) return { every: 'hours', n, minute: minutes[0] ?? 0 };
  const times = timesOf(minutes, numbers(hour));
  if (times === undefined) return undefined;
  if (everyDay) return { every: 'day', times };
  if (dayOfWeek === '*') {
    const days = numbers(dayOfMonth);
    return days === undefined ? undefined : { every: 'month', days, times };
  }
  if (dayOfMonth !== '*') return undefined;
  if (dayOfWeek === '1-5' || dayOfWeek === 'MON-FRI') return { every: 'weekday', times };
  const days = numbers(dayOfWeek, daysOfWeek);
  return days && { every: 'week', days: [...new Set(days.map((day) => day % 7))], times };
}

function withinHours(minute: string): CronMeaning | undefined {
  if (minute === '*') return { every: 'minute' };
  const n = stepOf(minute, 60);
  if (n !== undefined) return n === 1 ? { every: 'minute' } : { every: 'minutes', n };
  const minutes = numbers(minute);
  return minutes?.length === 1 ? { every: 'hour', minute: minutes[0] ?? 0 } : undefined;
}

/** The n of a star with a step, where it divides the whole: only then they are n apart. */
function stepOf(field: string, whole: number): number | undefined {
  const n = Number(/^\*\/(\d+)$/.exec(field)?.[1] ?? 0);
  return n > 0 && whole % n === 0 && n < whole ? n : undefined;
}

/** A list of single numbers; undefined where there is a range, a step or a star. */
function numbers(field: string, names: readonly string[] = []): number[] | undefined {
  const values = field.split(',').map((part) => {
    const named = names.indexOf(part);
    return named >= 0 ? named : /^\d{1,2}$/.test(part) ? Number(part) : undefined;
  });
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? known.sort((a, b) => a - b) : undefined;
}

function timesOf(minutes: readonly number[] | undefined, hours: readonly number[] | undefined): string[] | undefined {
  if (minutes === undefined || hours === undefined || minutes.length * hours.length > mostTimes) return undefined;
  const two = (part: number) => String(part).padStart(2, '0');
  return hours.flatMap((hour) => minutes.map((minute) => `${two(hour)}:${two(minute)}`));
}
