import { expect, it } from 'vitest';
import { taskSpan } from './task-span.ts';

it('spans the wait, then the run, then nothing for a task that never ran', () => {
  const createdAt = '2026-11-21T10:00:00.000Z';
  const startedAt = '2026-11-21T10:01:00.000Z';
  const endedAt = '2026-11-21T10:02:00.000Z';
  expect(taskSpan({ createdAt, startedAt: null, endedAt: null })).toEqual({ from: createdAt, to: null, waiting: true });
  expect(taskSpan({ createdAt, startedAt, endedAt: null })).toEqual({ from: startedAt, to: null, waiting: false });
  expect(taskSpan({ createdAt, startedAt, endedAt })).toEqual({ from: startedAt, to: endedAt, waiting: false });
  expect(taskSpan({ createdAt, startedAt: null, endedAt })).toBeNull();
});
