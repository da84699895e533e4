const two = (n: number) => String(n).padStart(2, '0');

function dateAndTime(year: number, month: number, day: number, rest: readonly number[]): string {
  return `${year}-${two(month)}-${two(day)} ${rest.map(two).join(':')}`;
}

/** `2026-11-21 16:30:05` where the browser is: sorts, and means the same in every language. */
export function localTime(at: Date): string {
  return dateAndTime(at.getFullYear(), at.getMonth() + 1, at.getDate(), [
    at.getHours(),
    at.getMinutes(),
    at.getSeconds(),
  ]);
}

/** `2026-11-21 16:30:05 UTC`. */
export function utcTime(at: Date): string {
  const rest = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()];
  return `${dateAndTime(at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate(), rest)} UTC`;
}

/** The zone of {@link localTime}, as people write it: `Asia/Shanghai, UTC+8`. */
export function localZone(at: Date): string {
  const minutes = -at.getTimezoneOffset();
  const hours = Math.trunc(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  const offset = `UTC${minutes < 0 ? '-' : '+'}${hours}${rest === 0 ? '' : `:${two(rest)}`}`;
  return `${Intl.DateTimeFormat().resolvedOptions().timeZone}, ${offset}`;
}

const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** `5 min ago`, `in 2 hr`, `now`; counted down to whole units. */
export function relativeTime(at: Date, nowMs: number, locale: string): string {
  const seconds = (at.getTime() - nowMs) / 1_000;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return Math.abs(seconds) < 5 ? format.format(0, 'second') : format.format(Math.trunc(seconds), 'second');
}

/** `340ms`, `1.4s`, `1m 3s`, `2h 5m`, `3d 4h`: the two largest units, the same in every language. */
export function formatDuration(ms: number): string {
  const length = Math.max(0, ms);
  if (length < 1_000) return `${Math.round(length)}ms`;
  if (length < 10_000) return `${(Math.floor(length / 100) / 10).toFixed(1)}s`;
  const seconds = Math.floor(length / 1_000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${seconds % 60}s`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours}h ${minutes % 60}m` : `${Math.floor(hours / 24)}d ${hours % 24}h`;
}
