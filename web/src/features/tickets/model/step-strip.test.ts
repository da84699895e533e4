import { describe, expect, it } from 'vitest';
import type { TicketDetail } from '#web/nouns/tickets/client.ts';
import { isLastApproval, stepStrip } from './step-strip.ts';

type Step = TicketDetail['flow'][number];

const step = (change: Partial<Step>): Step => ({
  step: 1,
  state: 'current',
  need: 'any',
  approvedBy: [],
  approvers: ['bob', 'carol'],
  policyNode: 'shop',
  timeoutMs: 60_000,
  onTimeout: 'refuse',
  ...change,
});
const strip = (flow: Step[], endedAt: string | null = null) => stepStrip({ flow, endedAt, version: 1, decisions: [] });

describe('the steps of an approval', () => {
  it('counts by the need: one, that many, all of those who can approve now', () => {
    const counts = (need: Step['need'], approvedBy: string[]) => {
      const [view] = strip([step({ need, approvedBy, approvers: ['bob', 'carol', 'dora'] })]);
      return [view?.counted, view?.needed, view?.waitingFor.join()];
    };
    expect(counts('any', [])).toEqual([0, 1, 'bob,carol,dora']);
    expect(counts('all', ['bob'])).toEqual([1, 3, 'carol,dora']);
    expect(counts(2, ['carol'])).toEqual([1, 2, 'bob,dora']);
  });

  it('says when everybody who is left has to approve', () => {
    const all = (change: Partial<Step>) => strip([step(change)])[0]?.everybodyNeeded;
    expect(all({ need: 'all' })).toBe(true);
    expect(all({ need: 'any' })).toBe(false);
    expect(all({ need: 'any', approvers: ['bob'] })).toBe(true);
    expect(all({ need: 2, approvedBy: ['bob'] })).toBe(true);
  });

  it('does not count the approval of somebody who is no approver any more', () => {
    const [view] = strip([step({ need: 2, approvedBy: ['eve', 'bob'] })]);
    expect(view).toMatchObject({ counted: 1, needed: 2, waitingFor: ['carol'] });
  });

  it('says when there are too few people, also where there is nobody at all', () => {
    expect(strip([step({ need: 3 })])[0]?.reachable).toBe(false);
    expect(strip([step({ need: 'all', approvers: [] })])[0]).toMatchObject({ reachable: false, needed: 1 });
    expect(strip([step({ need: 'all' })])[0]?.reachable).toBe(true);
  });

  it('tells a step that passed by time-out from one that people passed', () => {
    const [view] = strip([step({ state: 'passed', approvedBy: ['system'], approvers: [] })]);
    expect(view).toMatchObject({ state: 'passed', passedByTimeout: true, approvedBy: [], reachable: true });
  });

  it('waits for nobody once the ticket has ended', () => {
    const views = strip(
      [step({ state: 'passed', approvedBy: ['bob'], approvers: [] }), step({ step: 2, approvers: [] })],
      'x',
    );
    expect(views.map(({ state }) => state)).toEqual(['passed', 'undecided']);
    expect(views[1]).toMatchObject({ waitingFor: [], reachable: true });
  });

  it('names who rejected a step of this version', () => {
    const rejection: TicketDetail['decisions'][number] = {
      id: '1',
      version: 2,
      step: 1,
      verdict: 'reject',
      actor: 'bob',
      message: 'no',
      contentHash: 'h',
      early: false,
      voided: null,
      at: 'x',
    };
    const ticket = { flow: [step({}), step({ step: 2 })], endedAt: 'x', decisions: [rejection] };
    expect(stepStrip({ ...ticket, version: 2 }).map(({ rejectedBy }) => rejectedBy)).toEqual(['bob', undefined]);
    expect(stepStrip({ ...ticket, version: 3 })[0]?.rejectedBy).toBeUndefined();
  });

  it('knows the approval that lets the change go', () => {
    const last = (flow: Step[]) => isLastApproval(strip(flow));
    expect(last([step({ state: 'passed' }), step({ step: 2 })])).toBe(true);
    expect(last([step({}), step({ step: 2, state: 'waiting' })])).toBe(false);
    expect(last([step({ need: 'all' })])).toBe(false);
    expect(last([step({ need: 'all', approvedBy: ['bob'] })])).toBe(true);
  });
});
