import { describe, expect, it } from 'vitest';
import { countByGroup } from '#domain/tasks/host-run.ts';
import type { AdvanceResult, OperationResult } from '#domain/tasks/ports.ts';
import { taskDetails } from './task.display.ts';
import { TaskState } from './task.state.ts';

const taskId = '0199c0de-0000-7000-8000-000000000001';

function advanced(more: Partial<AdvanceResult> = {}): AdvanceResult {
  return {
    step: 1,
    state: 'running',
    ended: false,
    counts: countByGroup({ running: 2, succeeded: 1 }),
    deliverTo: [],
    recheckMs: 30_000,
    title: 'Say hello',
    requester: 'alice',
    nodes: [],
    ...more,
  };
}
const applied: OperationResult = { applied: true, state: 'paused' };

describe('TaskState', () => {
  it('asks for step after step, and goes on from where the ledger stands', () => {
    const state = new TaskState({ taskId });
    expect(state.nextStep).toBe(1);
    state.takeNudge();
    state.take(advanced({ step: 1 }));
    expect([state.nextStep, state.nudged]).toEqual([2, false]);
    state.take(advanced({ step: 57 }));
    expect([state.nextStep, state.nudged]).toEqual([58, true]);
  });

  it('is finished when the task has ended and nothing has happened since', () => {
    const state = new TaskState({ taskId });
    state.takeNudge();
    state.take(advanced({ ended: true, step: 9, state: 'failed' }));
    expect(state.finished).toBe(true);
    state.answered('operation', applied);
    expect(state.finished).toBe(false);
  });

  it('hands on its step and its latest answers, and nothing that grows', () => {
    const state = new TaskState({ taskId, signalLimit: 3 });
    state.take(advanced({ step: 1 }));
    for (let n = 0; n < 100; n++) state.answered(`operation-${n}`, applied);
    for (let n = 0; n < 3; n++) state.signal();
    expect(state.isLongEnough(false)).toBe(true);
    const next = new TaskState(state.handOn());
    expect(next.nextStep).toBe(2);
    expect(next.isLongEnough(false)).toBe(false);
    expect(next.isLongEnough(true)).toBe(true);
    expect(next.nudged).toBe(true);
    expect(next.answerOf('operation-99')).toEqual(applied);
    expect(next.answerOf('operation-0')).toBeUndefined();
    expect(JSON.stringify(state.handOn()).length).toBeLessThan(10_000);
  });
});

describe('what Temporal shows', () => {
  it('says the state in words and numbers, and takes text of people as text', () => {
    const text = taskDetails(advanced({ title: '<b>*x*</b>\n# y', requester: 'a_b', nodes: ['infra.prod', 'demo'] }));
    expect(text).toContain('running · 1 of 3 hosts done');
    expect(text).toContain('- succeeded: 1');
    expect(text).not.toMatch(/<b>|\*x\*|# y/);
    expect(text).toContain('on infra.prod, demo');
  });
});
