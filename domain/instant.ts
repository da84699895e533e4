import { because, type Reason } from './reasons.ts';

/** Why a text names no moment. */
export type InstantFault = Reason<'not-a-time' | 'no-such-date' | 'skipped-hour'>;

/** The moment that a text names, or why it names none. */
export type Instant =
  { readonly at: Date; readonly fault?: undefined } | { readonly at?: undefined; readonly fault: InstantFault };

const shape = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?$/i;

/**
 * Reads a time of ISO 8601, local where it names no zone; a date alone is its midnight. A date that no calendar has (30 February),
 * a time that no clock shows (25:00) and an hour that the local clocks skip are no moments: nothing is rounded to one that was
 * not meant. Of an hour that the local clocks show twice, the first is taken.
 */
export function parseInstant(text: string): Instant {
  const match = shape.exec(text.trim());
  if (match === null) return { fault: because('not-a-time') };
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const ms = Math.floor(Number(`0.${match[7] ?? 0}`) * 1_000);
  const [, zoneHours = 0, zoneMinutes = 0] = /(\d\d):(\d\d)$/.exec(match[8] ?? '')?.map(Number) ?? [];
  const exists =
    day >= 1 &&
    day <= daysIn(year, month) &&
    hour < 24 &&
    minute < 60 &&
    second < 60 &&
    zoneHours < 24 &&
    zoneMinutes < 60;
  if (!exists) return { fault: because('no-such-date') };

  const at = new Date(0);
  if (match[8] === undefined) {
    at.setFullYear(year, month - 1, day);
    at.setHours(hour, minute, second, ms);
    const skipped = at.getDate() !== day || at.getHours() !== hour || at.getMinutes() !== minute;
    return skipped ? { fault: because('skipped-hour') } : { at };
  }
  at.setUTCFullYear(year, month - 1, day);
  at.setUTCHours(hour, minute, second, ms);
  const offsetMinutes = (match[8].startsWith('-') ? -1 : 1) * (zoneHours * 60 + zoneMinutes);
  return { at: new Date(at.getTime() - offsetMinutes * 60_000) };
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : month >= 1 && month <= 12 ? 31 : 0;
}
