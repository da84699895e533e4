import type { Firing, Schedule, ScheduleDetail } from '#api/schedules/schedules.contract.ts';
import type { ItemView, ListView } from '../kernel/output/printer.ts';
import { duration, localTime, oneLine } from '../kernel/output/text.ts';

const toneOf = (state: string | null) =>
  state === 'started' ? 'good' : state === 'refused' || state === 'missed' ? 'bad' : 'plain';

export const scheduleList: ListView<Schedule> = {
  columns: [
    { header: 'NAME', value: (schedule) => schedule.name },
    { header: 'CRON', value: (schedule) => schedule.cron },
    { header: 'ZONE', value: (schedule) => schedule.zone },
    { header: 'NEXT', value: (schedule) => (schedule.paused ? 'paused' : localTime(schedule.nextAt)) },
    { header: 'LAST', value: (schedule) => localTime(schedule.lastDueAt) },
    { header: 'WAS', value: (schedule) => schedule.lastState ?? '-', tone: (schedule) => toneOf(schedule.lastState) },
    { header: 'OWNER', value: (schedule) => schedule.owner },
    { header: 'NODE', value: (schedule) => schedule.node ?? '/' },
    { header: 'OVERLAP', value: (schedule) => schedule.overlap, wide: true },
    { header: 'CATCH-UP', value: (schedule) => duration(schedule.catchUpMs), wide: true },
    { header: 'DESCRIPTION', value: (schedule) => schedule.description, wide: true },
    { header: 'ID', value: (schedule) => schedule.id, wide: true },
  ],
  name: (schedule) => schedule.name,
  empty: 'No schedules. Make one: signalbox schedule create NAME --cron "30 3 * * *" --node PATH -- COMMAND',
};

export const scheduleItem: ItemView<ScheduleDetail> = {
  fields: (schedule) => [
    ['schedule', schedule.name],
    ['fires', `${schedule.cron}  in ${schedule.zone}${schedule.paused ? '  (paused)' : ''}`],
    ['next', schedule.next.slice(0, 3).map(localTime).join(', ')],
    ['node', schedule.node ?? '/ (the whole platform)'],
    ['owner', `${schedule.owner} (it fires with the rights of its owner)`],
    ['overlap', overlapWords[schedule.overlap]],
    ['catch-up', `up to ${duration(schedule.catchUpMs)} late`],
    ['runs', runs(schedule.payload)],
    ...(schedule.description === '' ? [] : [['about', oneLine(schedule.description)] as const]),
    ['last', schedule.lastState === null ? '-' : `${localTime(schedule.lastDueAt)} ${schedule.lastState}`],
    ['version', String(schedule.version)],
  ],
  name: (schedule) => schedule.name,
};

const overlapWords: Readonly<Record<Schedule['overlap'], string>> = {
  skip: 'skip: left out while the one before is not over',
  queue: 'queue: one waits until the one before is over',
  replace: 'replace: the one before is ended',
};

/** The command, or the first line of the script. */
function runs(kept: ScheduleDetail['payload']): string {
  const { payload, target } = kept as {
    payload?: { command?: readonly string[]; script?: string };
    target?: { node?: string; hosts?: readonly string[] };
  };
  const what = oneLine(payload?.command?.join(' ') ?? payload?.script ?? '-');
  const where = target?.node ?? `${target?.hosts?.length ?? 0} hosts`;
  return `${what.length > 80 ? `${what.slice(0, 79)}…` : what}  on ${where}`;
}

export const firingList: ListView<Firing> = {
  columns: [
    { header: 'DUE', value: (firing) => localTime(firing.dueAt) },
    { header: 'STATE', value: (firing) => firing.state, tone: (firing) => toneOf(firing.state) },
    { header: 'BY', value: (firing) => (firing.byHand ? 'hand' : 'cron') },
    { header: 'CHANGE', value: (firing) => firing.changeState ?? '-' },
    { header: 'TASK', value: (firing) => firing.subjectId ?? '-' },
    { header: 'TICKET', value: (firing) => firing.ticketId ?? '-', wide: true },
    { header: 'WHY', value: (firing) => firing.detail ?? '' },
  ],
  name: (firing) => firing.dueAt,
  empty: 'It has not fired yet.',
};

export const timeList: ListView<{ readonly at: string }> = {
  columns: [
    { header: 'LOCAL', value: ({ at }) => localTime(at) },
    { header: 'UTC', value: ({ at }) => at },
  ],
  name: ({ at }) => at,
  empty: 'It never fires.',
};
