import { Client, Connection } from '@temporalio/client';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cronFault } from '#domain/schedules/cron.ts';
import { controlTaskQueue } from '#domain/durables.ts';
import { firingTimes } from '#platform/firing-times.ts';
import { quietTemporal } from '#tests/support/quiet-temporal.ts';
import { startTestTemporal, type TestTemporal } from '#tests/support/temporal.ts';

let temporal: TestTemporal;
let connection: Connection;
let client: Client;

beforeAll(async () => {
  quietTemporal();
  temporal = await startTestTemporal();
  connection = await Connection.connect({ address: temporal.address });
  client = new Client({ connection });
});
afterAll(async () => {
  await connection.close();
  await temporal.remove();
});

let schedules = 0;

/** The first times after a moment (in the future) at which Temporal would fire. */
async function temporalTimes(cron: string, zone: string, after: Date): Promise<string[]> {
  const scheduleId = `compared-${++schedules}`;
  const handle = await client.schedule.create({
    scheduleId,
    spec: { cronExpressions: [cron], timezone: zone, startAt: after },
    action: { type: 'startWorkflow', workflowType: 'firing', taskQueue: controlTaskQueue, args: [] },
  });
  const { info } = await handle.describe();
  await handle.delete();
  return info.nextActionTimes.map((at) => at.toISOString());
}

const ourTimes = (cron: string, zone: string, after: Date, count: number) =>
  firingTimes({ cron, zone }, { after: new Date(after.getTime() - 1), count }).map((at) => at.toISOString());

const number = (least: number, most: number) => fc.integer({ min: least, max: most });
const field = (least: number, most: number) =>
  fc.oneof(
    fc.constant('*'),
    number(least, most).map(String),
    number(2, 20).map((step) => `*/${step}`),
    fc.tuple(number(least, most), number(least, most)).map((pair) => pair.sort((a, b) => a - b).join('-')),
    fc.uniqueArray(number(least, most), { minLength: 2, maxLength: 3 }).map((list) => list.join(',')),
  );
const expression = fc
  .tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6))
  .map((fields) => fields.join(' '))
  .filter((cron) => cronFault(cron) === undefined);
const zone = fc.constantFrom('UTC', 'Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Sydney');
/** Days on which clocks are put forward or back somewhere, and one on which they are not. */
const day = fc.constantFrom(
  '2027-03-14',
  '2027-03-28',
  '2027-04-04',
  '2027-10-03',
  '2027-10-31',
  '2027-11-07',
  '2028-02-28',
);

describe('the times at which a schedule fires', () => {
  it('are the same for us and for Temporal, also where clocks are put forward or back', async () => {
    await fc.assert(
      fc.asyncProperty(expression, zone, day, number(0, 47), async (cron, where, date, hour) => {
        const after = new Date(Date.parse(`${date}T00:00:00Z`) + (hour - 24) * 3_600_000);
        const theirs = await temporalTimes(cron, where, after);
        expect(theirs.length).toBeGreaterThan(0);
        expect(ourTimes(cron, where, after, theirs.length), `${cron} in ${where} after ${after.toISOString()}`).toEqual(
          theirs,
        );
      }),
      { numRuns: 200 },
    );
  });
});
