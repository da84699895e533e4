import { expect, it } from 'vitest';
import { nearestName } from './nearest-name.ts';

const known = ['concurrency', 'onError', 'onTimeout', 'runAs', 'workDir', 'env'];

it.each([
  ['conccurency', 'concurrency'],
  ['onTimout', 'onTimeout'],
  ['runaAs', 'runAs'],
  ['runas', 'runAs'],
  ['evn', 'env'],
  ['on_timeout', 'onTimeout'],
  ['worksDir', 'workDir'],
])('takes %s for %s', (given, meant) => {
  expect(nearestName(given, known)).toBe(meant);
});

it.each(['', 'x', 'priority', 'x'.repeat(100_000)])('takes %.10s for nothing that it knows', (given) => {
  expect(nearestName(given, known)).toBeUndefined();
});

it('takes the closest of several', () => {
  expect(nearestName('node', ['nodes', 'mode', 'node'])).toBe('node');
});
