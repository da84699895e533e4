import { describe, expect, it } from 'vitest';
import type { TaskSummary } from '#web/nouns/tasks/client.ts';
import type { TicketSummary } from '#web/nouns/tickets/client.ts';
import { lastChanges, newestFirst, progressOf } from './model.ts';

const none = { total: 0, succeeded: 0, failed: 0, timedOut: 0, killed: 0, lost: 0, revoked: 0, buried: 0 };
const counts = { ...none, pending: 0, running: 0 };

const task = (id: string, more: Partial<TaskSummary> = {}): TaskSummary => ({
  id,
  title: id,
  state: 'succeeded',
  requester: 'ann',
  nodes: [],
  nodeCount: 0,
  counts,
  createdAt: '2026-11-21T10:00:00.000Z',
  startedAt: null,
  endedAt: '2026-11-21T11:00:00.000Z',
  ...more,
});

const ticket = (id: string, more: Partial<TicketSummary> = {}): TicketSummary => ({
  id,
  kind: 'task.run',
  title: id,
  state: 'rejected',
  requester: 'ann',
  nodes: [],
  nodeCount: 0,
  version: 1,
  contentHash: '',
  taskId: null,
  risk: 'low',
  stepsPassed: 0,
  steps: 1,
  mineToDecide: false,
  createdAt: '2026-11-21T10:00:00.000Z',
  timeoutAt: null,
  runAt: null,
  endedAt: '2026-11-21T12:00:00.000Z',
  ...more,
});

const ids = (changes: readonly { id: string }[]) => changes.map(({ id }) => id);

describe('the last changes', () => {
  it('are newest first, and only what has ended', () => {
    const running = task('running', { state: 'running', endedAt: null });
    const late = task('late', { endedAt: '2026-11-21T13:00:00.000Z' });
    expect(ids(lastChanges([task('early'), running, late], [ticket('no')], 9))).toEqual(['late', 'no', 'early']);
    expect(ids(lastChanges([task('early'), late], [ticket('no')], 2))).toEqual(['late', 'no']);
  });

  it('tell of a ticket and its task once: by the task where it ran, by the ticket where it did not', () => {
    const ran = ticket('t1', { state: 'done', taskId: 'ran' });
    const refused = ticket('t2', { state: 'rejected', taskId: 'refused' });
    const tasks = [task('ran'), task('refused', { state: 'refused' })];
    expect(ids(lastChanges(tasks, [ran, refused], 9))).toEqual(['t2', 'ran']);
    expect(ids(lastChanges([], [ticket('manual', { state: 'done', kind: 'manual.step' })], 9))).toEqual(['manual']);
  });
});

describe('the running tasks', () => {
  it('are one list, each once, newest first', () => {
    const old = task('old', { createdAt: '2026-11-20T10:00:00.000Z' });
    expect(ids(newestFirst([[old], [task('new'), old]]))).toEqual(['new', 'old']);
  });

  it('count whatever ended without success as failed', () => {
    const mixed = { ...counts, total: 10, succeeded: 4, failed: 1, lost: 1, pending: 3, running: 1 };
    expect(progressOf({ counts: mixed })).toEqual({ done: 6, failed: 2, total: 10 });
    expect(progressOf({ counts })).toEqual({ done: 0, failed: 0, total: 0 });
  });
});
