import { describe, expect, it } from 'vitest';
import type { TicketDetail } from '#web/nouns/tickets/client.ts';
import { actionForm, formFaults, requestBody } from './action-form.ts';

type Ticket = Parameters<typeof actionForm>[1];

const step: TicketDetail['flow'][number] = {
  step: 1,
  state: 'current',
  need: 'any',
  approvedBy: [],
  approvers: ['bob'],
  policyNode: null,
  timeoutMs: 1,
  onTimeout: 'refuse',
};
const ticket = (change: Partial<Ticket> = {}): Ticket => ({
  title: 'T',
  kind: 'task.run',
  risk: 'low',
  runAt: null,
  requester: 'alice',
  targetsTotal: 12,
  endedAt: null,
  flow: [step],
  nodes: ['shop.db'],
  decisions: [],
  version: 1,
  content: { kind: 'task.run', schemaVersion: 1, payload: {}, targets: [], baseVersion: '', runAt: null },
  ...change,
});
const input = { message: ' ok ', user: ' carol ', outcome: 'failed', typed: '' } as const;

describe('the form of an action', () => {
  it('says what the approval does: how many hosts, at once, later, or nothing yet', () => {
    const effect = (change: Partial<Ticket>) => actionForm('approve', ticket(change)).effect;
    expect(effect({})).toEqual({ key: 'tickets.approveEffectLast', params: { n: 12 } });
    expect(effect({ runAt: '2026-11-22T00:00:00.000Z' }).key).toBe('tickets.approveEffectLastAt');
    expect(effect({ flow: [step, { ...step, step: 2, state: 'waiting' }] }).key).toBe('tickets.approveEffectStep');
    expect(effect({ kind: 'manual.step' }).key).toBe('tickets.approveEffectManual');
  });

  it('has the name typed before a high risk is let go, and only then', () => {
    const form = actionForm('approve', ticket({ risk: 'high' }));
    expect(form.typeName).toBe('shop.db');
    expect(formFaults(form, { ...input, typed: 'shop' })).toEqual({ typed: 'ui.confirmMismatch' });
    expect(formFaults(form, { ...input, typed: ' shop.db ' })).toEqual({});
    expect(actionForm('approve', ticket()).typeName).toBeUndefined();
    expect(actionForm('reject', ticket({ risk: 'high' })).typeName).toBeUndefined();
  });

  it('wants a reason for a rejection and a name for a transfer', () => {
    const empty = { ...input, message: '  ', user: ' ' };
    expect(formFaults(actionForm('reject', ticket()), empty)).toEqual({ message: 'tickets.reasonMissing' });
    expect(formFaults(actionForm('transfer', ticket()), empty)).toEqual({ user: 'tickets.userMissing' });
    expect(formFaults(actionForm('approve', ticket()), empty)).toEqual({});
    expect(formFaults(actionForm('withdraw', ticket()), empty)).toEqual({});
  });

  it('sends decisions for exactly the content that was read, and only what each action takes', () => {
    expect(requestBody('approve', input, 'hash')).toEqual({ message: 'ok', contentHash: 'hash' });
    expect(requestBody('reject', input, 'hash')).toEqual({ message: 'ok', contentHash: 'hash' });
    expect(requestBody('withdraw', input, 'hash')).toEqual({ message: 'ok' });
    expect(requestBody('add-approver', input, 'hash')).toEqual({ message: 'ok', user: 'carol' });
    expect(requestBody('complete', input, 'hash')).toEqual({ message: 'ok', outcome: 'failed' });
  });
});
