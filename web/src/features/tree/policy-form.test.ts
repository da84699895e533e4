import { describe, expect, it } from 'vitest';
import type { PolicyView } from '#web/nouns/changes/policies-client.ts';
import { faultsOf, formOf, inputOf, spanMs, spanOf } from './policy-form.ts';

const minute = 60_000;
const hour = 60 * minute;

const policy: PolicyView = {
  kind: 'task.run',
  node: 'infra',
  inherited: false,
  mode: 'ticket',
  steps: [
    { approvers: [{ type: 'owners' }], need: 'any' },
    {
      approvers: [
        { type: 'role', role: 'admin' },
        { type: 'user', user: 'alice' },
      ],
      need: 2,
    },
  ],
  fourEyes: true,
  delegates: 'meant',
  remindAfterMs: 4 * hour,
  timeoutMs: 72 * hour,
  onTimeout: 'escalate',
  escalateTo: [{ type: 'user', user: 'bob' }],
  version: 3,
  updatedBy: 'admin',
  updatedAt: '2026-11-21T10:00:00.000Z',
};

describe('a policy in a form', () => {
  it('is sent as it was read where nothing was changed', () => {
    const { mode, steps, fourEyes, delegates, remindAfterMs, timeoutMs, onTimeout, escalateTo } = policy;
    const times = { remindAfterMs, timeoutMs, onTimeout, escalateTo };
    expect(inputOf(formOf(policy))).toEqual({ mode, steps, fourEyes, delegates, ...times });
    expect(inputOf({ ...formOf(policy), delegateAnyone: true })).toMatchObject({ delegates: 'anyone' });
  });

  it('keeps its steps while another mode is looked at, and does not send them', () => {
    const form = formOf(policy);
    form.mode = 'forbidden';
    expect(inputOf(form)).not.toHaveProperty('steps');
    expect(inputOf(form)).not.toHaveProperty('escalateTo');
    form.mode = 'ticket';
    expect(inputOf(form).steps).toEqual(policy.steps);
  });

  it('asks the owners where nothing else is said', () => {
    const form = formOf({ ...policy, mode: 'direct', steps: [], onTimeout: 'refuse', escalateTo: [] });
    form.mode = 'ticket';
    expect(inputOf(form).steps).toEqual([{ approvers: [{ type: 'owners' }], need: 'any' }]);
    expect(faultsOf(form)).toEqual([]);
  });

  it('tells what is missing before it is sent', () => {
    const form = formOf(policy);
    form.steps = [{ approvers: [], need: 'any', needed: 2 }];
    form.escalateTo = [];
    form.timeout = { amount: 0, unit: 'hours' };
    expect(faultsOf(form)).toEqual(['no-approvers', 'nobody-to-escalate-to', 'no-time']);
    form.mode = 'direct';
    expect(faultsOf(form)).toEqual([]);
  });
});

describe('a time in a form', () => {
  it('is in the largest unit that leaves no rest', () => {
    expect(spanOf(90 * minute)).toEqual({ amount: 90, unit: 'minutes' });
    expect(spanOf(24 * hour)).toEqual({ amount: 24, unit: 'hours' });
    expect(spanOf(72 * hour)).toEqual({ amount: 3, unit: 'days' });
  });

  it('comes back as it went', () => {
    for (const ms of [minute, 59 * minute, hour, 36 * hour, 48 * hour]) expect(spanMs(spanOf(ms))).toBe(ms);
    expect(spanMs({ amount: 1.5, unit: 'hours' })).toBe(90 * minute);
  });
});
