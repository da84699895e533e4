import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countByGroup,
  endStates,
  type HostRunEnd,
  type HostRunEvent,
  hostRunGroups,
  type HostRunState,
  hostRunStates,
  inFlightStates,
  isEnd,
  nextHostRunState,
  statesBefore,
} from './host-run.ts';

const ends: HostRunEnd[] = ['succeeded', 'failed', 'timed_out', 'killed', 'lost', 'revoked'];

/** What a run has been through, kept apart from the state machine: the facts that its states stand for. */
interface Model {
  handedOut: boolean;
  acknowledged: boolean;
  killAsked: boolean;
  /** All ends it has had, in order. */
  ends: HostRunState[];
}
interface Real {
  state: HostRunState;
}

class Step implements fc.Command<Model, Real> {
  readonly event: HostRunEvent;

  constructor(event: HostRunEvent) {
    this.event = event;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, real: Real): void {
    const before = real.state;
    const after = nextHostRunState(before, this.event);
    // A repeat, a late frame or a lost race changes nothing; what changes something, changes it to another state.
    expect(after === undefined).toBe(!this.expectedToMove(model));
    expect(statesBefore(this.event.type).includes(before) || after === undefined).toBe(true);
    if (after === undefined) return;
    expect(after).not.toBe(before);
    real.state = after;
    if (this.event.type === 'dispatch') model.handedOut = true;
    if (this.event.type === 'ack') model.acknowledged = true;
    if (this.event.type === 'kill') model.killAsked = true;
    if (isEnd(after)) model.ends.push(after);
    this.invariants(model, real);
  }

  private expectedToMove(model: Model): boolean {
    const ended = model.ends.length > 0;
    const inFlight = model.handedOut && !ended;
    switch (this.event.type) {
      case 'release':
        return false;
      case 'dispatch':
      case 'revoke':
        return !model.handedOut && !ended;
      case 'ack':
        return inFlight && !model.acknowledged && !model.killAsked;
      case 'kill':
      case 'bury':
        return inFlight && !model.killAsked;
      case 'lose':
        return inFlight;
      case 'report':
        return inFlight || (model.ends.at(-1) === 'lost' && model.ends.length === 1 && this.event.end !== 'lost');
    }
  }

  private invariants(model: Model, real: Real): void {
    // Never two ends, but once from lost to the true result.
    expect(model.ends.length).toBeLessThanOrEqual(2);
    if (model.ends.length === 2) expect(model.ends[0]).toBe('lost');
    if (model.ends.length > 0) expect(real.state).toBe(model.ends.at(-1));
    // What was never handed out never ran.
    if (!model.handedOut) expect(['ready', 'revoked']).toContain(real.state);
    // A run that is being killed comes back to life by nothing.
    if (model.killAsked) expect([...endStates, 'killing']).toContain(real.state);
  }

  toString(): string {
    return this.event.type === 'report' ? `report ${this.event.end}` : this.event.type;
  }
}

const events: HostRunEvent[] = [
  ...(['release', 'dispatch', 'ack', 'kill', 'revoke', 'lose', 'bury'] as const).map((type) => ({ type })),
  ...ends.map((end) => ({ type: 'report' as const, end })),
];
const commands = fc.commands(
  events.map((event) => fc.constant(new Step(event))),
  { maxCommands: 40, size: 'max' },
);

describe('nextHostRunState', () => {
  it('follows the model, whatever comes in whatever order and however often', () => {
    fc.assert(
      fc.property(commands, (steps) => {
        const setup = () => ({
          model: { handedOut: false, acknowledged: false, killAsked: false, ends: [] },
          real: { state: 'ready' as HostRunState },
        });
        fc.modelRun(setup, steps);
      }),
      { numRuns: 2_000 },
    );
  });

  it('ends a kill by a report or a loss only', () => {
    for (const event of events) {
      const after = nextHostRunState('killing', event);
      expect(after !== undefined).toBe(event.type === 'report' || event.type === 'lose');
    }
  });

  it('lets nothing but a true result leave an end, and that from lost alone', () => {
    for (const state of endStates) {
      for (const event of events) {
        const after = nextHostRunState(state, event);
        if (after === undefined) continue;
        expect(state).toBe('lost');
        expect(event).toMatchObject({ type: 'report' });
        expect(after).not.toBe('lost');
      }
    }
  });

  it('can bring every run in flight to an end', () => {
    for (const state of inFlightStates) expect(nextHostRunState(state, { type: 'lose' })).toBe('lost');
  });
});

describe('countByGroup', () => {
  it('has each state in one group, so that the groups add up to the total', () => {
    expect(Object.values(hostRunGroups).flat().toSorted()).toEqual([...hostRunStates].toSorted());
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 50_000 }), { minLength: hostRunStates.length, maxLength: hostRunStates.length }),
        (numbers) => {
          const byState = Object.fromEntries(hostRunStates.map((state, index) => [state, numbers[index]]));
          const { total, ...groups } = countByGroup(byState);
          expect(Object.values(groups).reduce((sum, n) => sum + n, 0)).toBe(total);
          expect(total).toBe(numbers.reduce((sum, n) => sum + n, 0));
        },
      ),
    );
  });
});
