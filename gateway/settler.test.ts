import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { OutstandingCommand } from '#ledger/tasks/delivery.ts';
import type { SettledTask } from '#ledger/tasks/settle-task.ts';
import { createSettler } from './settler.ts';

const nothing: SettledTask = { commands: [], more: false, wake: false, tellInMs: undefined };

describe('createSettler', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Every call takes 10 ms and answers as `answer` says. */
  function settling(answer: (taskId: string, call: number) => Partial<SettledTask> = () => nothing) {
    const calls: string[] = [];
    const woken: string[] = [];
    const delivered: OutstandingCommand[] = [];
    const errors: unknown[] = [];
    const underWay: string[] = [];
    const most = { parallel: 0 };
    const settler = createSettler({
      async settle(taskId) {
        expect(underWay).not.toContain(taskId);
        calls.push(taskId);
        underWay.push(taskId);
        most.parallel = Math.max(most.parallel, underWay.length);
        await new Promise((resolve) => setTimeout(resolve, 10));
        underWay.splice(underWay.indexOf(taskId), 1);
        return { ...nothing, ...answer(taskId, calls.filter((call) => call === taskId).length) };
      },
      deliver: (commands) => Promise.resolve(delivered.push(...commands)),
      wake: (taskId) => woken.push(taskId),
      onError: (error) => errors.push(error),
    });
    return { settler, calls, woken, delivered, errors, most };
  }
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  it('takes tasks in their order, two at a time, each once however often it is asked for', async () => {
    const { settler, calls, most } = settling();
    for (const taskId of ['a', 'b', 'c', 'd', 'c', 'd']) settler.settle(taskId);
    await pass(100);
    expect(calls).toEqual(['a', 'b', 'c', 'd']);
    expect(most.parallel).toBe(2);
  });

  it('looks again at what was asked for while it was under way, after the others', async () => {
    const { settler, calls } = settling();
    for (const taskId of ['a', 'b', 'c']) settler.settle(taskId);
    await pass(5);
    settler.settle('a');
    settler.settle('a');
    await pass(100);
    expect(calls).toEqual(['a', 'b', 'c', 'a']);
  });

  it('goes on with a large task after the others have had their turn, and delivers what was handed out', async () => {
    const command: OutstandingCommand = { agentId: 'x', kind: 'run', seq: 1, runId: 'r', taskId: 'big', attempt: 1 };
    const { settler, calls, delivered } = settling((taskId, call) =>
      taskId === 'big' ? { more: call < 3, commands: [command] } : {},
    );
    for (const taskId of ['big', 'a', 'b', 'c', 'd']) settler.settle(taskId);
    await pass(200);
    expect(calls.filter((call) => call === 'big')).toHaveLength(3);
    expect(calls.indexOf('big', 1)).toBeGreaterThan(calls.indexOf('c'));
    expect(delivered).toHaveLength(3);
  });

  it('wakes the workflow, and comes back when live pages may hear of the task again', async () => {
    const { settler, calls, woken } = settling((_taskId, call) => (call === 1 ? { wake: true, tellInMs: 700 } : {}));
    settler.settle('a');
    await pass(600);
    expect(calls).toHaveLength(1);
    expect(woken).toEqual(['a']);
    await pass(200);
    expect(calls).toHaveLength(2);
  });

  it('tries again what failed, and goes on with the others meanwhile', async () => {
    const { settler, calls, errors } = settling((taskId, call) => {
      if (taskId === 'locked' && call === 1) throw new Error('a lock that did not come');
      return {};
    });
    for (const taskId of ['locked', 'a']) settler.settle(taskId);
    await pass(100);
    expect(calls).toEqual(['locked', 'a']);
    expect(errors).toHaveLength(1);
    await pass(500);
    expect(calls).toEqual(['locked', 'a', 'locked']);
  });

  it('ends what is under way and begins nothing new once it is stopped', async () => {
    const { settler, calls } = settling(() => ({ more: true, tellInMs: 20 }));
    for (const taskId of ['a', 'b', 'c']) settler.settle(taskId);
    await pass(5);
    const stopped = settler.stop();
    settler.settle('d');
    await pass(1_000);
    await stopped;
    expect(calls).toEqual(['a', 'b']);
  });
});
