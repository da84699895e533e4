import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import type { Firing, ScheduleDetail } from '#api/schedules/schedules.contract.ts';
import { eventually } from '#tests/support/eventually.ts';
import { killProcessesOf } from '#tests/support/own-processes.ts';
import { type Platform, startPlatform } from '#tests/support/platform.ts';

const minute = 60_000;
const inTime = { withinMs: 3 * minute, everyMs: 500 };

/** A schedule of every minute, with everything killed between its firings. */
describe('a scheduled task, across kill -9 of everything', () => {
  let platform: Platform;
  let id = '';

  beforeAll(async () => {
    platform = await startPlatform();
    const schedule = await platform.api.post<ScheduleDetail>('/api/v1/schedules', {
      name: 'every-minute',
      cron: '* * * * *',
      overlap: 'queue',
      catchUpMs: 10 * minute,
      task: { target: { node: 'demo.local' }, command: ['true'] },
    });
    id = schedule.id;
  }, 240_000);
  afterAll(() => platform?.remove(), 90_000);

  const firings = async () =>
    (await platform.api.get<{ items: Firing[] }>(`/api/v1/schedules/${id}/firings`)).items.toReversed();
  const done = async () => (await firings()).filter(({ changeState }) => changeState === 'done');

  it('fires each minute once, makes up for an outage, and misses nothing', { timeout: 15 * minute }, async () => {
    onTestFailed(() => console.error(platform.evidence()));
    await eventually('it has fired', async () => (await done()).length >= 1, inTime);
    for (const role of ['worker', 'temporal', 'gateway', 'api']) platform.kill(role);
    platform.crashPostgres();
    const before = (await eventually('it answers again', () => done().catch(() => undefined), inTime)).length;
    await eventually('it has fired after all were killed', async () => (await done()).length > before, inTime);

    // An outage of two firings and more: nothing of the platform is there.
    await platform.killSupervisor();
    killProcessesOf(platform.folder);
    await sleep(2.5 * minute);
    await platform.start();
    const caughtUp = Date.now();
    await eventually(
      'all of the outage is made up for',
      async () => {
        const found = await done();
        return found.length > 0 && Date.parse(found.at(-1)?.dueAt ?? '') >= caughtUp - minute && found;
      },
      inTime,
    );

    const found = await firings();
    const times = found.map(({ dueAt }) => Date.parse(dueAt));
    expect(times.every((time, index) => index === 0 || time === (times[index - 1] ?? 0) + minute)).toBe(true);
    // Of those that were due while one was in the queue already, all but one are left out, by the word of the schedule.
    expect(found.filter(({ state }) => state === 'missed' || state === 'refused')).toEqual([]);
    const started = found.filter(({ state }) => state === 'started');
    expect(new Set(started.map(({ subjectId }) => subjectId)).size).toBe(started.length);
    const tasks = await platform.database.db.selectFrom('task').select('id').where('title', '=', 'true').execute();
    expect(tasks.length).toBe(started.length);
  });
});
