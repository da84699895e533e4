import { expect, it } from 'vitest';
import { slowest, timeTable } from './time-table.ts';

it('shows what took longest, times below each other', () => {
  const rows = [
    { name: 'short', ms: 900 },
    { name: 'long', ms: 605_000 },
    { name: 'middle', ms: 59_700 },
  ];
  expect(timeTable('Times', slowest(rows, 2))).toBe('Times\n  10 min  5 s  long\n   1 min  0 s  middle');
});
