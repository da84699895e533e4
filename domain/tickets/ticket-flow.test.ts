import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inEnglish } from '#words/english.ts';
import {
  countStep,
  type FlowDecision,
  type FlowPosition,
  meaningOfApproval,
  meaningOfRejection,
  waitsOfStep,
  validDecisions,
} from './ticket-flow.ts';

const people = ['ann', 'bob', 'cid', 'dan', 'eve'];
const person = fc.constantFrom(...people);
const step = fc.record({
  need: fc.oneof(fc.constantFrom('any' as const, 'all' as const), fc.integer({ min: 1, max: 4 })),
  approvers: fc.uniqueArray(person, { maxLength: 5 }),
});
const decision: fc.Arbitrary<FlowDecision> = fc.record({
  step: fc.nat(2),
  verdict: fc.constantFrom('approve' as const, 'approve' as const, 'approve' as const, 'pass' as const),
  actorId: person,
  version: fc.constantFrom(1, 2, 2, 2),
  contentHash: fc.constantFrom('old', 'now', 'now', 'now'),
  voided: fc.constantFrom(false, false, true),
});
const position = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 3 }),
  step: fc.nat(3),
  version: fc.constant(2),
  contentHash: fc.constant('now'),
  decisions: fc.array(decision, { maxLength: 12 }),
});

const approval = (actorId: string, at = 0): FlowDecision => ({
  step: at,
  verdict: 'approve',
  actorId,
  version: 1,
  contentHash: 'h',
  voided: false,
});
function flow(given: Partial<FlowPosition> & Pick<FlowPosition, 'steps'>): FlowPosition {
  return { step: 0, version: 1, contentHash: 'h', decisions: [], ...given };
}

describe('countStep', () => {
  it('counts each approver once, nobody else, and nothing that is void or for other content', () => {
    fc.assert(
      fc.property(position, (given) => {
        for (const index of given.steps.keys()) {
          const count = countStep(given, index);
          const { need, approvers } = given.steps[index]!;
          const approved = (who: string) =>
            given.decisions.some(
              (it) =>
                it.actorId === who &&
                it.step === index &&
                it.verdict === 'approve' &&
                !it.voided &&
                it.version === 2 &&
                it.contentHash === 'now',
            );
          expect([...count.counted].sort()).toEqual(approvers.filter(approved).sort());
          const passed = validDecisions(given).some((it) => it.step === index && it.verdict === 'pass');
          const wanted = need === 'any' ? 1 : need === 'all' ? Math.max(1, approvers.length) : need;
          expect(count.satisfied).toBe(passed || count.counted.length >= wanted);
          if (!count.satisfied) {
            expect([...count.waitingFor].sort()).toEqual(approvers.filter((who) => !approved(who)).sort());
            expect(count.reachable).toBe(count.counted.length + count.waitingFor.length >= wanted);
          }
        }
      }),
    );
  });

  it('is never satisfied by nobody', () => {
    for (const need of ['any', 'all', 1, 3] as const) {
      const count = countStep(flow({ steps: [{ need, approvers: [] }] }), 0);
      expect(count).toMatchObject({ satisfied: false, reachable: false });
    }
  });

  it('does not count somebody who is no approver any more', () => {
    const given = flow({
      steps: [{ need: 2, approvers: ['ann', 'bob'] }],
      decisions: [approval('ann'), approval('cid')],
    });
    expect(countStep(given, 0)).toMatchObject({ satisfied: false, counted: ['ann'], waitingFor: ['bob'] });
  });
});

describe('meaningOfApproval', () => {
  it('counts only approvers who have not decided, and only for a step that is not passed', () => {
    fc.assert(
      fc.property(
        position,
        person,
        fc.option(fc.integer({ min: -1, max: 4 }), { nil: undefined }),
        (given, actor, asked) => {
          const meaning = meaningOfApproval(given, actor, asked);
          if (meaning.do === 'refuse') return;
          expect(given.steps[meaning.step]?.approvers).toContain(actor);
          expect(validDecisions(given).some((it) => it.actorId === actor && it.step === meaning.step)).toBe(false);
          expect(meaning.step).toBeGreaterThanOrEqual(given.step);
          expect(meaning.do).toBe(meaning.step === given.step ? 'count' : 'keep');
          if (asked !== undefined) expect(meaning.step).toBe(asked);
        },
      ),
    );
  });

  it('brings any flow to its end, whatever the order in which people approve, with what each step asks for', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 3 }),
        fc.array(person, { maxLength: 60 }),
        (steps, order) => {
          let at = flow({ steps });
          for (const actor of [...order, ...people, ...people, ...people]) {
            const meaning = meaningOfApproval(at, actor);
            if (meaning.do !== 'refuse') at = { ...at, decisions: [...at.decisions, approval(actor, meaning.step)] };
            while (at.step < steps.length && countStep(at, at.step).satisfied) at = { ...at, step: at.step + 1 };
          }
          const stuck = steps.findIndex((_, index) => !countStep(at, index).reachable);
          expect(at.step).toBe(stuck === -1 ? steps.length : stuck);
          const keys = at.decisions.map((it) => `${it.actorId} ${it.step}`);
          expect(new Set(keys).size).toBe(keys.length);
        },
      ),
    );
  });

  const two = [
    { need: 1, approvers: ['ann', 'bob'] },
    { need: 'any' as const, approvers: ['bob', 'cid'] },
  ];
  it.each([
    ['the current step', 'ann', undefined, [], { do: 'count', step: 0 }],
    ['a later step of theirs is kept', 'cid', undefined, [], { do: 'keep', step: 1 }],
    ['a later step by name', 'bob', 1, [], { do: 'keep', step: 1 }],
    ['twice', 'ann', undefined, [approval('ann')], { reason: { code: 'already-decided' } }],
    ['twice, though also asked later', 'bob', undefined, [approval('bob')], { reason: { code: 'already-decided' } }],
    ['kept twice', 'cid', undefined, [approval('cid', 1)], { reason: { code: 'already-decided' } }],
    ['nobody asked', 'eve', undefined, [], { reason: { code: 'not-an-approver' } }],
    ['not of that step', 'ann', 1, [], { reason: { code: 'not-an-approver' } }],
    ['no such step', 'ann', 2, [], { reason: { code: 'no-such-step' } }],
    ['no such step', 'ann', -1, [], { reason: { code: 'no-such-step' } }],
  ] as const)('%s (%s)', (_, actor, asked, decisions, meaning) => {
    expect(meaningOfApproval(flow({ steps: two, decisions: [...decisions] }), actor, asked)).toMatchObject(meaning);
  });

  it('refuses for a step that is passed, and says to whoever passed it that they have decided', () => {
    const given = flow({ steps: two, step: 1, decisions: [approval('ann')] });
    expect(meaningOfApproval(given, 'bob', 0)).toMatchObject({ reason: { code: 'step-passed' } });
    expect(meaningOfApproval(given, 'ann')).toMatchObject({ reason: { code: 'already-decided' } });
    expect(meaningOfApproval(given, 'bob')).toEqual({ do: 'count', step: 1 });
  });
});

describe('meaningOfRejection', () => {
  const two = [
    { need: 2, approvers: ['ann', 'bob'] },
    { need: 'any' as const, approvers: ['cid'] },
  ];
  it('is open to the approvers of every step that is not passed, once', () => {
    expect(meaningOfRejection(flow({ steps: two }), 'cid')).toEqual({ do: 'reject', step: 1 });
    expect(meaningOfRejection(flow({ steps: two }), 'bob')).toEqual({ do: 'reject', step: 0 });
    expect(meaningOfRejection(flow({ steps: two }), 'eve')).toMatchObject({ reason: { code: 'not-an-approver' } });
    const decided = flow({ steps: two, decisions: [approval('ann')] });
    expect(meaningOfRejection(decided, 'ann')).toMatchObject({ reason: { code: 'already-decided' } });
    expect(meaningOfRejection(flow({ steps: two, step: 1 }), 'ann')).toMatchObject({
      reason: { code: 'not-an-approver' },
    });
  });

  it('is open to all of them while the run time is awaited', () => {
    const passed = flow({ steps: two, step: 2, decisions: [approval('ann'), approval('bob'), approval('cid', 1)] });
    expect(meaningOfRejection(passed, 'ann')).toEqual({ do: 'reject', step: 0 });
    expect(meaningOfRejection(passed, 'eve')).toMatchObject({ reason: { code: 'not-an-approver' } });
  });
});

describe('waitsOfStep', () => {
  const names = new Map(people.map((id) => [id, id.toUpperCase()]));
  it.each([
    [2, ['ann', 'bob', 'cid'], ['ann'], 'step 1 of 1: 1 of 2 approvals, waiting for any of BOB, CID'],
    ['all', ['ann', 'bob'], ['ann'], 'step 1 of 1: 1 of 2 approvals, waiting for BOB'],
    ['any', ['ann'], [], 'step 1 of 1: 0 of 1 approvals, waiting for ANN'],
    ['any', [], [], 'nobody can approve this step: step 1 of 1: 0 of 1 approvals, and no enabled user is asked for it'],
    [
      3,
      ['ann', 'bob'],
      ['ann'],
      'too few people can approve this step: step 1 of 1: 1 of 3 approvals, only these can decide: BOB',
    ],
  ] as const)('need %s of %j, approved by %j', (need, approvers, by, text) => {
    const given = flow({ steps: [{ need, approvers: [...approvers] }], decisions: by.map((who) => approval(who)) });
    expect(inEnglish(waitsOfStep(given, names))).toBe(text);
  });

  it('names five at most', () => {
    const many = ['1', '2', '3', '4', '5', '6', '7'];
    expect(inEnglish(waitsOfStep(flow({ steps: [{ need: 'any', approvers: many }] }), new Map()))).toBe(
      'step 1 of 1: 0 of 1 approvals, waiting for any of 1, 2, 3, 4, 5 and 2 more',
    );
  });
});
