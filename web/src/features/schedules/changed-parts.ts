import type { MessageKey } from '#web/lib/i18n/sources.ts';
import type { ScheduleDetail } from '#web/nouns/schedules/client.ts';
import { programOf } from './schedule-program.ts';

/** What differs between two versions of a schedule, by the names of its parts. */
export function changedParts(before: ScheduleDetail, after: ScheduleDetail): readonly MessageKey[] {
  const [was, is] = [partsOf(before), partsOf(after)];
  return parts.filter((part) => JSON.stringify(was[part]) !== JSON.stringify(is[part]));
}

const parts = [
  'schedules.name',
  'schedules.description',
  'schedules.cron',
  'schedules.zone',
  'schedules.overlap',
  'schedules.catchUp',
  'schedules.node',
  'schedules.whatRuns',
  'schedules.where',
  'schedules.how',
] as const satisfies readonly MessageKey[];

function partsOf(schedule: ScheduleDetail): Readonly<Record<(typeof parts)[number], unknown>> {
  const { target, strategy, ...program } = programOf(schedule) ?? { payload: schedule.payload };
  return {
    'schedules.name': schedule.name,
    'schedules.description': schedule.description,
    'schedules.cron': schedule.cron,
    'schedules.zone': schedule.zone,
    'schedules.overlap': schedule.overlap,
    'schedules.catchUp': schedule.catchUpMs,
    'schedules.node': schedule.node,
    'schedules.whatRuns': program,
    'schedules.where': target,
    'schedules.how': strategy,
  };
}
