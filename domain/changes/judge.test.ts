import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge, type Place } from './judge.ts';
import { type PlacedPolicy, type PolicyMode, policyModes, policySchema } from './policy.ts';

// A small tree: infra (1) with db (2) and db.primary (3), web (4) with web.eu (5).
const fullNames: Record<string, string> = { 1: 'infra', 2: 'infra.db', 3: 'infra.db.primary', 4: 'web', 5: 'web.eu' };
const idPaths: Record<string, string[]> = { 1: ['1'], 2: ['1', '2'], 3: ['1', '2', '3'], 4: ['4'], 5: ['4', '5'] };
const nodeIds = Object.keys(fullNames);

const at = (nodeId: string): Place => ({ nodeId, ids: idPaths[nodeId] ?? [] });
function policy(nodeId: string | null, mode: PolicyMode, more: object = {}): PlacedPolicy {
  const steps = mode === 'ticket' ? [{ approvers: [{ type: 'owners' }], need: 'any' }] : [];
  const node = nodeId === null ? null : (fullNames[nodeId] ?? '');
  return { ...policySchema.parse({ mode, steps, ...more }), kind: 'task.run', nodeId, node, version: 1 };
}

const strictness = (mode: PolicyMode) => policyModes.indexOf(mode);
const placesArb = fc.array(fc.constantFrom<Place>('unbound', ...nodeIds.map(at)), { minLength: 1, maxLength: 6 });
const policiesArb = fc
  .uniqueArray(fc.tuple(fc.constantFrom(null, ...nodeIds), fc.constantFrom(...policyModes)), {
    selector: ([nodeId]) => nodeId,
  })
  .map((list) => list.map(([nodeId, mode]) => policy(nodeId, mode)));

/** The mode at one place, written another way than the rule: the longest of the node names that it is under. */
function modeAt(place: Place, policies: readonly PlacedPolicy[]): PolicyMode {
  const name = place === 'unbound' ? '' : `${fullNames[place.nodeId] ?? ''}.`;
  const holding = policies.filter((one) => one.node === null || name.startsWith(`${one.node}.`));
  return holding.toSorted((a, b) => (b.node ?? '').length - (a.node ?? '').length)[0]?.mode ?? 'direct';
}

describe('the verdict of policy', () => {
  it('is the strictest over all places, at each of which the nearest policy holds', () => {
    fc.assert(
      fc.property(placesArb, policiesArb, (places, policies) => {
        const modes = places.map((place) => modeAt(place, policies));
        const strictest = modes.toSorted((a, b) => strictness(b) - strictness(a))[0];
        expect(judge(places, policies).mode).toBe(strictest);
      }),
      { numRuns: 500 },
    );
  });

  it('never gets weaker by a further place', () => {
    fc.assert(
      fc.property(placesArb, placesArb, policiesArb, (places, more, policies) => {
        const [few, many] = [judge(places, policies), judge([...places, ...more], policies)];
        expect(strictness(many.mode)).toBeGreaterThanOrEqual(strictness(few.mode));
        if (many.mode !== 'ticket') return;
        for (const step of few.steps) {
          expect(many.steps.some((one) => one.policyNode === step.policyNode)).toBe(true);
        }
        expect(many.fourEyes || !few.fourEyes).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('never gets weaker by a further policy, unless that is nearer on the path of a place', () => {
    fc.assert(
      fc.property(
        placesArb,
        policiesArb,
        fc.constantFrom(null, ...nodeIds),
        fc.constantFrom(...policyModes),
        (...given) => {
          const [places, policies, nodeId, mode] = given;
          fc.pre(policies.every((one) => one.nodeId !== nodeId));
          const [before, after] = [judge(places, policies), judge(places, [...policies, policy(nodeId, mode)])];
          if (strictness(after.mode) >= strictness(before.mode)) return;
          const overruled = places.some(
            (place) =>
              place !== 'unbound' &&
              nodeId !== null &&
              place.ids.includes(nodeId) &&
              strictness(modeAt(place, policies)) > strictness(mode),
          );
          expect(overruled, JSON.stringify({ nodeId, mode })).toBe(true);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('does not depend on the order of anything, nor on a place being there twice', () => {
    fc.assert(
      fc.property(placesArb, policiesArb, (places, policies) => {
        const sorted = (judgement: ReturnType<typeof judge>) =>
          JSON.stringify(judgement.steps.map((step) => ({ ...step, nodeIds: step.nodeIds.toSorted() })));
        const turned = judge([...places.toReversed(), ...places], policies.toReversed());
        expect(sorted(turned)).toBe(sorted(judge(places, policies)));
        expect(turned.mode).toBe(judge(places, policies).mode);
      }),
    );
  });

  it('takes the steps of every policy that asks, the whole tree first, each with its own nodes and times', () => {
    const policies = [
      policy('4', 'ticket', { fourEyes: false, timeoutMs: 60_000 }),
      policy('2', 'ticket', {
        steps: [
          { approvers: [{ type: 'user', userId: 'u1' }], need: 'any' },
          { approvers: [{ type: 'role', role: 'ops' }], need: 2 },
        ],
      }),
      policy(null, 'ticket', { fourEyes: false }),
      policy('5', 'direct'),
    ];
    const verdict = judge([at('5'), at('4'), at('3'), at('2'), 'unbound'], policies);
    expect(verdict.mode).toBe('ticket');
    expect(
      verdict.steps.map(({ policyNode, nodeIds, timeoutMs, need }) => ({ policyNode, nodeIds, timeoutMs, need })),
    ).toEqual([
      { policyNode: null, nodeIds: [], timeoutMs: 259_200_000, need: 'any' },
      { policyNode: 'infra.db', nodeIds: ['3', '2'], timeoutMs: 259_200_000, need: 'any' },
      { policyNode: 'infra.db', nodeIds: ['3', '2'], timeoutMs: 259_200_000, need: 2 },
      { policyNode: 'web', nodeIds: ['4'], timeoutMs: 60_000, need: 'any' },
    ]);
    expect(verdict.fourEyes).toBe(true);
    expect(verdict.decidedBy).toEqual([
      { node: null, mode: 'ticket' },
      { node: 'infra.db', mode: 'ticket' },
      { node: 'web', mode: 'ticket' },
      { node: 'web.eu', mode: 'direct' },
    ]);
  });

  it('asks nobody where it forbids', () => {
    const verdict = judge([at('1'), at('4')], [policy('1', 'forbidden'), policy('4', 'ticket')]);
    expect(verdict).toMatchObject({ mode: 'forbidden', steps: [], fourEyes: false, asking: [] });
    expect(verdict.decidedBy[0]).toEqual({ node: 'infra', mode: 'forbidden' });
  });
});
