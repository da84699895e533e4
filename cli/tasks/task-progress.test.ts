import { describe, expect, it } from 'vitest';
import { createPaint } from '../kernel/output/paint.ts';
import { createProgress } from './task-progress.ts';

const counts = (succeeded: number) => ({
  total: 4,
  succeeded,
  failed: 1,
  timedOut: 0,
  killed: 0,
  lost: 0,
  revoked: 0,
  buried: 0,
  pending: 3 - succeeded,
  running: 0,
});

function record(isTTY: boolean) {
  let text = '';
  let now = 0;
  const stream = {
    isTTY,
    columns: 80,
    write: (chunk: string | Uint8Array) => ((text += String(chunk)), true),
    once: () => 0,
  };
  const progress = createProgress(stream, createPaint(false), () => now);
  return { progress, text: () => text, pass: (ms: number) => (now += ms) };
}

describe('progress', () => {
  it('writes over one line on a terminal and takes it away in the end', () => {
    const { progress, text, pass } = record(true);
    progress.show({ state: 'running', counts: counts(0) });
    pass(2000);
    progress.show({ state: 'running', counts: counts(1) });
    progress.end();
    expect(text()).toBe(
      '\r\u001b[Krunning  1 of 4 hosts done, 1 failed  0 ms\r\u001b[Krunning  2 of 4 hosts done, 1 succeeded, 1 failed  2.0 s\r\u001b[K',
    );
  });

  it('is sparse elsewhere: changes of state, and counts now and then', () => {
    const { progress, text, pass } = record(false);
    for (let n = 0; n < 3; n += 1) {
      progress.show({ state: 'running', counts: counts(n) });
      pass(1000);
    }
    pass(10_000);
    progress.show({ state: 'running', counts: counts(3) });
    progress.show({ state: 'paused', counts: counts(3) });
    progress.end();
    expect(text()).toBe(
      'running  1 of 4 hosts done, 1 failed\nrunning  4 of 4 hosts done, 3 succeeded, 1 failed\npaused  4 of 4 hosts done, 3 succeeded, 1 failed\n',
    );
  });
});
