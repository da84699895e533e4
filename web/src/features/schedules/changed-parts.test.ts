import { expect, it } from 'vitest';
import type { ScheduleDetail } from '#web/nouns/schedules/client.ts';
import { changedParts } from './changed-parts.ts';

const base = {
  name: 'nightly',
  kind: 'task.run',
  cron: '30 3 * * *',
  catchUpMs: 600_000,
  version: 1,
  payload: { title: 't', payload: { command: ['true'] }, strategy: { onError: 'stop' }, target: { node: 'ours' } },
} as unknown as ScheduleDetail;

it('what differs between two versions of a schedule is named by its parts', () => {
  expect(changedParts(base, { ...base, version: 2 })).toEqual([]);
  const payload = { ...base.payload, payload: { command: ['false'] }, target: { node: 'theirs' } };
  expect(changedParts(base, { ...base, cron: '0 4 * * *', payload })).toEqual([
    'schedules.cron',
    'schedules.whatRuns',
    'schedules.where',
  ]);
  expect(changedParts(base, { ...base, kind: 'manual.step' })).toContain('schedules.whatRuns');
});
