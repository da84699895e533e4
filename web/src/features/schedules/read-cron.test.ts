import { describe, expect, it } from 'vitest';
import { readCron } from './read-cron.ts';

describe('what a cron expression means', () => {
  it.each([
    ['* * * * *', { every: 'minute' }],
    ['*/1 * * * *', { every: 'minute' }],
    ['*/15 * * * *', { every: 'minutes', n: 15 }],
    ['0 * * * *', { every: 'hour', minute: 0 }],
    ['7 * * * *', { every: 'hour', minute: 7 }],
    ['30 */6 * * *', { every: 'hours', n: 6, minute: 30 }],
    ['30 3 * * *', { every: 'day', times: ['03:30'] }],
    ['0,30 8,20 * * *', { every: 'day', times: ['08:00', '08:30', '20:00', '20:30'] }],
    ['30 3 * * 1-5', { every: 'weekday', times: ['03:30'] }],
    ['30 3 * * MON-FRI', { every: 'weekday', times: ['03:30'] }],
    ['0 9 * * SUN,3', { every: 'week', days: [0, 3], times: ['09:00'] }],
    ['0 9 * * 0,7', { every: 'week', days: [0], times: ['09:00'] }],
    ['0 0 1,15 * *', { every: 'month', days: [1, 15], times: ['00:00'] }],
  ])('%s', (cron, meaning) => expect(readCron(cron)).toEqual(meaning));

  it.each([
    // Not 7 minutes apart at the end of an hour, nor 5 hours at the end of a day.
    '*/7 * * * *',
    '0 */5 * * *',
    '0-10 * * * *',
    '0,30 * * * *',
    '0 8-18 * * *',
    '0 0 1 1 *',
    '0,10,20,30,40 8 * * *',
    '0 0 13 * 5',
    '0 0 * * 1-3',
    '* * * *',
    '* * * * * *',
    '',
  ])('%j has no short sentence', (cron) => expect(readCron(cron)).toBeUndefined());
});
