import { parseInstant } from '#domain/instant.ts';

/** Whether a `datetime-local` field names an hour that the clocks of this browser's zone skip. */
export function isSkippedHour(local: string): boolean {
  return parseInstant(local).fault?.code === 'skipped-hour';
}

/**
 * The moment that a `datetime-local` field names in this browser's zone, as ISO 8601 in UTC; undefined if none, also for an
 * hour that the clocks here skip.
 */
export function isoOfLocal(local: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(local)) return undefined;
  return parseInstant(local).at?.toISOString();
}

/** A moment as a `datetime-local` field shows it in this browser's zone, to the minute. */
export function localOfTime(time: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day}T${two(time.getHours())}:${two(time.getMinutes())}`;
}
