import { expect, it } from 'vitest';
import { formatBytes } from './format-bytes.ts';

it('says sizes in the unit that people would take', () => {
  expect([0, 1023, 1024, 1536, 8_200_000_000, 120 * 2 ** 30, 2 ** 60].map(formatBytes)).toEqual([
    '0 B',
    '1023 B',
    '1 KiB',
    '1.5 KiB',
    '7.6 GiB',
    '120 GiB',
    '1024 PiB',
  ]);
});
