import { describe, expect, it } from 'vitest';
import type { TicketAction, TicketDetail } from '#web/nouns/tickets/client.ts';
import { shownActions } from './actions.ts';

const all: TicketAction[] = [
  'approve',
  'reject',
  'withdraw',
  'comment',
  'transfer',
  'add-approver',
  'resubmit',
  'complete',
];

function ticket(change: Partial<TicketDetail>, allowed: TicketAction[], reason = 'not-an-approver') {
  const actions = all.map((name) =>
    allowed.includes(name)
      ? { name, allowed: true, reason: null, params: {}, detail: null }
      : { name, allowed: false, reason, params: {}, detail: 'no' },
  );
  return { kind: 'task.run' as const, state: 'pending' as const, requester: 'alice', version: 2, ...change, actions };
}
const names = (views: ReturnType<typeof shownActions>, place: 'row' | 'menu') =>
  views.filter((view) => view.place === place).map(({ name }) => name);
const bob = { name: 'bob', contentChanged: false };
const alice = { name: 'alice', contentChanged: false };

describe('the actions of a ticket', () => {
  it('gives an approver approve first, as the only primary one', () => {
    const views = shownActions(ticket({}, ['approve', 'reject', 'comment', 'transfer', 'add-approver']), bob);
    expect(names(views, 'row')).toEqual(['approve', 'reject', 'comment']);
    expect(names(views, 'menu')).toEqual(['transfer', 'add-approver']);
    expect(views.filter(({ primary }) => primary).map(({ name }) => name)).toEqual(['approve']);
  });

  it('shows the requester why they cannot approve, and lets them withdraw', () => {
    const views = shownActions(ticket({}, ['comment', 'withdraw'], 'self-approval'), alice);
    expect(views.find(({ name }) => name === 'approve')).toMatchObject({
      allowed: false,
      why: { reason: 'self-approval', params: {}, detail: 'no' },
    });
    expect(names(views, 'row')).toEqual(['approve', 'reject', 'comment', 'withdraw']);
    expect(views.some(({ primary }) => primary)).toBe(false);
  });

  it('puts the withdrawal of somebody else’s ticket into the menu', () => {
    expect(names(shownActions(ticket({}, ['withdraw']), { ...bob, name: 'admin' }), 'menu')).toContain('withdraw');
    expect(shownActions(ticket({}, []), bob).map(({ name }) => name)).not.toContain('withdraw');
  });

  it('decides nothing while the content is not the one that was read', () => {
    const views = shownActions(ticket({}, ['approve', 'reject', 'comment']), { ...bob, contentChanged: true });
    expect(views.find(({ name }) => name === 'approve')).toMatchObject({
      allowed: false,
      why: { reason: 'stale-content' },
    });
    expect(views.find(({ name }) => name === 'reject')).toMatchObject({
      allowed: false,
      why: { reason: 'stale-content' },
    });
    expect(views.find(({ name }) => name === 'comment')?.allowed).toBe(true);
  });

  it('offers completion only of a manual step under way, never the resubmission', () => {
    const step = ticket({ kind: 'manual.step', state: 'applying' }, ['complete', 'comment', 'resubmit']);
    expect(shownActions(step, bob).map(({ name }) => name)).toEqual(['complete', 'comment']);
    expect(shownActions(ticket({ kind: 'manual.step' }, []), bob).map(({ name }) => name)).not.toContain('complete');
  });

  it('offers nothing once it has ended', () => {
    expect(shownActions(ticket({ state: 'done' }, [], 'ticket-ended'), alice)).toEqual([]);
  });
});
