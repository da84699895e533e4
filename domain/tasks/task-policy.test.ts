import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countByGroup } from './host-run.ts';
import { decide, errorLimit, onErrorSchema, type TaskPosition } from './task-policy.ts';

const onError = fc.oneof(
  fc.constantFrom('stop', 'continue'),
  fc.integer({ min: 1, max: 50 }).map(String),
  fc.integer({ min: 1, max: 100 }).map((share) => `${share}%`),
);

interface World {
  state: TaskPosition['state'];
  concurrency: number | undefined;
  onError: string;
  ready: number;
  running: number;
  succeeded: number;
  failed: number;
  revoked: number;
  unknown: number;
}

function position(world: World): TaskPosition {
  const counts = countByGroup({
    ready: world.ready,
    running: world.running,
    succeeded: world.succeeded,
    failed: world.failed + world.unknown,
    revoked: world.revoked,
  });
  return {
    state: world.state,
    concurrency: world.concurrency,
    errorLimit: errorLimit(world.onError, counts.total - world.unknown),
    counts,
    errors: world.failed,
  };
}

/** Runs a task as `advance` does, with hosts that end as the list says, and checks every decision on the way. */
function play(world: World, results: readonly boolean[]): { end: string; handedOut: number } {
  const limit = errorLimit(world.onError, world.ready);
  let handedOut = 0;
  let next = 0;
  for (let steps = 0; steps < 10_000; steps++) {
    const decision = decide(position(world));
    switch (decision.do) {
      case 'hand-out':
        expect(decision.hosts).toBeGreaterThan(0);
        expect(world.state).not.toBe('paused');
        expect(world.state).not.toBe('killing');
        expect(world.failed).toBeLessThan(limit);
        expect(decision.hosts).toBeLessThanOrEqual(world.ready);
        world.ready -= decision.hosts;
        world.running += decision.hosts;
        handedOut += decision.hosts;
        if (world.concurrency !== undefined) expect(world.running).toBeLessThanOrEqual(world.concurrency);
        break;
      case 'stop-handing-out':
        expect(world.ready).toBeGreaterThan(0);
        world.revoked += world.ready;
        world.ready = 0;
        break;
      case 'end':
        expect(world.ready + world.running).toBe(0);
        return { end: decision.state, handedOut };
      case 'wait':
        if (world.running === 0) return { end: 'waits', handedOut };
        world.running--;
        if (results[next++ % results.length] ?? true) world.succeeded++;
        else world.failed++;
    }
  }
  throw new Error('never ends');
}

const results = fc.array(fc.boolean(), { minLength: 1, maxLength: 60 });
const world = fc.record({
  concurrency: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
  onError,
  ready: fc.integer({ min: 1, max: 60 }),
  unknown: fc.integer({ min: 0, max: 3 }),
});
const fresh = { running: 0, succeeded: 0, failed: 0, revoked: 0 };

describe('decide', () => {
  it('brings every running task to an end, within its concurrency and its error limit', () => {
    fc.assert(
      fc.property(world, results, (given, ends) => {
        const task: World = { ...fresh, ...given, state: 'running' };
        const { end, handedOut } = play(task, ends);
        const all = task.succeeded + task.failed + task.revoked;
        expect(all).toBe(given.ready);
        expect(handedOut).toBe(task.succeeded + task.failed);
        expect(end).toBe(task.succeeded === given.ready && given.unknown === 0 ? 'succeeded' : 'failed');
        if (given.onError === 'continue') expect(task.revoked).toBe(0);
      }),
    );
  });

  it('hands out nothing while paused, and ends a paused task whose hosts have all ended', () => {
    fc.assert(
      fc.property(world, results, (given, ends) => {
        expect(play({ ...fresh, ...given, state: 'paused' }, ends)).toEqual({ end: 'waits', handedOut: 0 });
      }),
    );
    expect(
      decide(
        position({
          ...fresh,
          state: 'paused',
          concurrency: 1,
          onError: 'continue',
          ready: 0,
          unknown: 0,
          succeeded: 3,
        }),
      ),
    ).toEqual({
      do: 'end',
      state: 'succeeded',
    });
  });

  it('ends a killed task as killed, without another host', () => {
    fc.assert(
      fc.property(world, results, fc.integer({ min: 0, max: 9 }), (given, ends, running) => {
        expect(play({ ...fresh, ...given, running, state: 'killing' }, ends)).toEqual({ end: 'killed', handedOut: 0 });
      }),
    );
  });

  it('stops after the first error with `stop`, with one host at a time', () => {
    const task: World = { ...fresh, state: 'running', concurrency: 1, onError: 'stop', ready: 10, unknown: 2 };
    expect(play(task, [true, true, false])).toEqual({ end: 'failed', handedOut: 3 });
    expect(task).toMatchObject({ succeeded: 2, failed: 1, revoked: 7 });
  });
});

describe('errorLimit', () => {
  it.each([
    ['continue', 10, Infinity],
    ['stop', 10, 1],
    ['3', 10, 3],
    ['10%', 200, 20],
    ['1%', 10, 1],
    ['33%', 10, 4],
    ['100%', 7, 7],
  ])('%s of %i hosts is %d', (policy, hosts, limit) => expect(errorLimit(policy, hosts)).toBe(limit));

  it('is always at least one and at most all for a share', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 50_000 }), (share, hosts) => {
        const limit = errorLimit(`${share}%`, hosts);
        expect(limit).toBeGreaterThanOrEqual(1);
        expect(limit).toBeLessThanOrEqual(hosts);
      }),
    );
  });
});

describe('onErrorSchema', () => {
  it.each(['stop', 'continue', '1', '50000', '1%', '100%'])('takes %s', (text) =>
    expect(onErrorSchema.safeParse(text).success).toBe(true),
  );
  it.each(['', '0', '-1', '0%', '101%', '1.5', 'Stop', '10 %', '1e3'])('refuses %j', (text) =>
    expect(onErrorSchema.safeParse(text).success).toBe(false),
  );
});
