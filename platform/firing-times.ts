import { CronExpressionParser } from 'cron-parser';

/**
 * The times at which a cron expression of five fields fires in a zone, after `after` up to and with `until`, at most `count`.
 * They are those at which Temporal fires: firing-times.heavy.test.ts compares them.
 */
export function firingTimes(
  { cron, zone }: { readonly cron: string; readonly zone: string },
  { after, until, count }: { readonly after: Date; readonly until?: Date; readonly count: number },
): Date[] {
  const times: Date[] = [];
  const iterator = CronExpressionParser.parse(cron, { tz: zone, currentDate: after });
  while (times.length < count) {
    const next = iterator.next().toDate();
    if (until !== undefined && next > until) break;
    times.push(next);
  }
  return times;
}
