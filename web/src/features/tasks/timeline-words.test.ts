import { describe, expect, it } from 'vitest';
import { messages as en } from '#web/nouns/tasks/messages/tasks.en.ts';
import { fillMessage } from '#words/fill.ts';
import { timelineWords } from './timeline-words.ts';

const said = (kind: string, details: Record<string, unknown> = {}) => {
  const { key, params } = timelineWords({ kind, details });
  return fillMessage(en[key.slice('tasks.'.length) as keyof typeof en], 'en', params);
};

describe('timelineWords', () => {
  it('says how many hosts were concerned', () => {
    expect(said('submitted', { hosts: 1 })).toBe('Submitted for 1 host');
    expect(said('hosts-lost', { hosts: 3 })).toBe('3 hosts were lost: not heard of for longer than the lease');
    expect(said('kill-requested', { killing: 2, revoked: 40 })).toContain('40');
    expect(said('retry-requested', { hosts: 12 })).toContain('12 hosts');
  });

  it('says how a task ended, and keeps the platform’s reason why it was refused', () => {
    expect(timelineWords({ kind: 'ended', details: { state: 'failed' } })).toMatchObject({ tone: 'danger' });
    expect(timelineWords({ kind: 'ended', details: { state: 'succeeded' } })).toMatchObject({ tone: 'ok' });
    const reason = { code: 'withdrawn', params: { by: 'bob' } };
    expect(timelineWords({ kind: 'refused', details: { reason } }).because).toBe(reason);
  });

  it('names what it does not know, without losing it', () => {
    expect(said('moon-rise')).toContain('moon-rise');
    expect(said('constructor')).toContain('constructor');
  });
});
