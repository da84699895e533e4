import { describe, expect, it } from 'vitest';
import type { TicketOperationResult, TicketStanding } from '#domain/tickets/ports.ts';
import { ticketDetails } from './ticket.display.ts';
import { TicketState } from './ticket.state.ts';
import { because } from '#domain/reasons.ts';

const ticketId = '0199c0de-0000-7000-8000-000000000001';

function stands(more: Partial<TicketStanding> = {}): TicketStanding {
  return {
    ticketId,
    state: 'pending',
    ended: false,
    version: 1,
    stepsPassed: 0,
    steps: 2,
    recheckMs: 30_000,
    kind: 'task.run',
    title: 'Say hello',
    requester: 'alice',
    nodes: [],
    waitsFor: because('last-checks'),
    ...more,
  };
}
const withdrawn = stands({ state: 'withdrawn', ended: true });
const answer = (standing: TicketStanding): TicketOperationResult => ({ applied: true, standing });

/** After its first look at the ledger. */
function seen(standing: TicketStanding): TicketState {
  const state = new TicketState({ ticketId });
  state.takeNudge();
  state.take(standing);
  return state;
}

describe('TicketState', () => {
  it('looks at the ledger first, and knows nothing before', () => {
    const state = new TicketState({ ticketId });
    expect([state.nudged, state.stirred, state.ended, state.standing]).toEqual([true, true, false, undefined]);
    expect(state.progress).toEqual({ ticketId });
  });

  it('is stirred by a nudge and by an operation, and by nothing else', () => {
    const state = seen(stands());
    expect(state.stirred).toBe(false);
    state.nudge();
    expect(state.stirred).toBe(true);
    state.takeNudge();
    expect(state.stirred).toBe(false);
    state.answered('operation', answer(stands({ stepsPassed: 1 })));
    // Where the operation left it is known: there is something to do, and nothing to look up.
    expect([state.stirred, state.nudged, state.standing?.stepsPassed]).toEqual([true, false, 1]);
    state.take(stands({ stepsPassed: 1 }));
    expect(state.stirred).toBe(false);
  });

  it('is finished when the ticket has ended and nothing has happened since', () => {
    const state = seen(stands());
    expect(state.finished).toBe(false);
    state.answered('operation', answer(withdrawn));
    expect([state.ended, state.finished]).toEqual([true, false]);
    state.take(withdrawn);
    expect(state.finished).toBe(true);
    state.signal();
    expect(state.finished).toBe(false);
  });

  it('keeps an end for ever, whatever was looked up before it', () => {
    const state = seen(withdrawn);
    expect(state.take(stands({ state: 'approved' }))).toEqual(withdrawn);
    state.answered('late', answer(stands()));
    expect(state.progress).toMatchObject({ state: 'withdrawn' });
  });

  it('starts a subject once, in this run and in the next', () => {
    const state = seen(stands({ state: 'applying' }));
    expect([state.startsNow('a'), state.startsNow('a'), state.startsNow('b')]).toEqual([true, false, true]);
    const next = new TicketState(state.handOn());
    expect([next.startsNow('a'), next.startsNow('b'), next.startsNow('c')]).toEqual([false, false, true]);
  });

  it('hands on its latest answers and nothing that grows, and the next run looks again', () => {
    const state = new TicketState({ ticketId, signalLimit: 3 });
    state.take(stands());
    for (let n = 0; n < 1_000; n++) state.answered(`operation-${n}`, answer(stands()));
    for (let n = 0; n < 3; n++) state.signal();
    expect(state.isLongEnough(false)).toBe(true);
    const next = new TicketState(state.handOn());
    expect([next.nudged, next.standing, next.ended]).toEqual([true, undefined, false]);
    expect([next.isLongEnough(false), next.isLongEnough(true)]).toEqual([false, true]);
    expect(next.answerOf('operation-999')).toEqual(answer(stands()));
    expect(next.answerOf('operation-0')).toBeUndefined();
    expect(JSON.stringify(state.handOn()).length).toBeLessThan(20_000);
    for (let n = 0; n < 3; n++) next.signal();
    expect(next.isLongEnough(false)).toBe(true);
  });

  it('has as many signals as make a storm', () => {
    const state = seen(stands());
    for (let n = 0; n < 199; n++) state.signal();
    expect(state.stormy).toBe(false);
    state.signal();
    expect(state.stormy).toBe(true);
  });
});

describe('what Temporal shows', () => {
  it('says in words where it stands, and takes text of people as text', () => {
    const text = ticketDetails(
      stands({ title: '<b>*x*</b>\n# y', stepsPassed: 1, waitsFor: because('withdrawn', { by: '*bob*' }) }),
    );
    expect(text).toContain('pending · 1 of 2 steps approved');
    expect(text).not.toMatch(/<b>|\*x\*|\*bob\*|# y/);
  });
});
