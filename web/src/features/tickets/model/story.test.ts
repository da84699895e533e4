import { describe, expect, it } from 'vitest';
import type { TicketTimelineEntry } from '#web/nouns/tickets/client.ts';
import { messages as english } from '#web/nouns/tickets/messages/tickets.en.ts';
import { fillMessage } from '#words/fill.ts';
import { askedAgainLine, storyLine } from './story.ts';

const entry = (
  kind: string,
  details: Record<string, unknown> = {},
  change: Partial<TicketTimelineEntry> = {},
): TicketTimelineEntry => ({
  id: '1',
  at: '2026-11-21T10:00:00.000Z',
  kind,
  actor: 'bob',
  version: 1,
  details,
  ...change,
});
const words = (of: TicketTimelineEntry) => {
  const { key, params } = storyLine(of, []).say;
  return fillMessage(english[key.slice('tickets.'.length) as keyof typeof english], 'en', params);
};

describe('the story of a ticket', () => {
  it.each([
    ['opened', {}],
    ['approved', { step: 1 }],
    ['rejected', { step: 1, message: 'no' }],
    ['kept-early', { step: 2 }],
    ['step-passed', { step: 1, approvals: 2 }],
    ['step-began', { step: 1, steps: 2 }],
    ['reminded', { step: 1, reminded: ['bob', 'carol'] }],
    ['escalated', { step: 1, approvers: ['dora'] }],
    ['timed-out', { step: 1, onTimeout: 'refuse' }],
    ['passed-by-timeout', { step: 1 }],
    ['commented', { message: 'hi' }],
    ['transferred', { step: 1, user: 'carol' }],
    ['approver-added', { step: 1, user: 'carol' }],
    ['withdrawn', {}],
    ['resubmitted', {}],
    ['asked-again', { why: 'x' }],
    ['content-altered', { what: 'x' }],
    ['scheduled', { runAt: 'x' }],
    ['applying', {}],
    ['completed', { outcome: 'done' }],
    ['completed', { outcome: 'failed' }],
    ...['done', 'failed', 'rejected', 'withdrawn', 'expired'].map(
      (state) => ['ended', { state, reason: 'x' }] as const,
    ),
  ] as const)('has words of its own for %s %j, with every blank filled', (kind, details) => {
    const line = storyLine(entry(kind, details), []);
    expect(line.say.key).not.toBe('tickets.storyOther');
    expect(words(entry(kind, details))).not.toMatch(/[{}]/);
  });

  it('shows a kind that it does not know by its name', () => {
    expect(words(entry('paused-by-moon'))).toContain('paused-by-moon');
  });

  it('keeps what people said apart from what the platform says', () => {
    expect(storyLine(entry('rejected', { step: 1, message: 'not today' }), [])).toMatchObject({ message: 'not today' });
    expect(storyLine(entry('asked-again', { why: 'drift' }, { actor: null }), [])).toMatchObject({
      because: 'drift',
      actor: undefined,
      message: undefined,
    });
  });

  it('marks a decision that does not count any more', () => {
    const decisions = [{ id: 'op', voided: [{ code: 'machines-changed', params: {}, detail: '' }] }];
    const line = storyLine(entry('approved', { step: 1, operationId: 'op' }), decisions);
    expect(line).toMatchObject({ tone: 'idle', voided: decisions[0]?.voided });
    expect(storyLine(entry('approved', { step: 1, operationId: 'other' }), decisions)).toMatchObject({
      tone: 'ok',
      voided: null,
    });
  });

  it('finds why this version was asked for, not why an earlier one was', () => {
    const story = [
      entry('asked-again', { why: 'old' }, { version: 2 }),
      entry('asked-again', { why: 'new' }, { version: 3 }),
    ];
    expect(askedAgainLine(story, 3)?.details['why']).toBe('new');
    expect(askedAgainLine(story, 1)).toBeUndefined();
  });
});
