import { expect, it } from 'vitest';
import { formatBytes } from './format-bytes.ts';

it.each([
  [0, '0 B'],
  [1_023, '1023 B'],
  [1_024, '1 KiB'],
  [1_536, '1.5 KiB'],
  [65_536, '64 KiB'],
  [12_582_912, '12 MiB'],
  [8_200_000_000, '7.6 GiB'],
  [120 * 2 ** 30, '120 GiB'],
  [2 ** 60, '1024 PiB'],
])('%d bytes are %s', (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words);
});
