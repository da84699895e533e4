import { Cron } from 'croner';

/**
 * The times at which a cron expression of five fields fires in a zone, after `after` up to and with `until`, at most `count`.
 * They are those at which Temporal fires: workers/schedules/firing-times.test.ts compares them. Left out is the night in which
 * clocks go back by half an hour (Lord Howe Island), where Temporal fires at times that are none.
 */
export function firingTimes(
  { cron, zone }: { readonly cron: string; readonly zone: string },
  { after, until, count }: { readonly after: Date; readonly until?: Date; readonly count: number },
): Date[] {
  const times: Date[] = [];
  const job = new Cron(cron, { timezone: zone, mode: '5-part' });
  for (let next = job.nextRun(after); next !== null && times.length < count; next = job.nextRun(next)) {
    if (until !== undefined && next > until) break;
    times.push(next);
  }
  return times;
}
