import { describe, expect, it } from 'vitest';
import { appliedSay, endsReading } from './applied.ts';
import { hostsOfResult } from './result.ts';

describe('after an action', () => {
  it('names the person whom it concerns', () => {
    expect(appliedSay({ action: 'transfer', body: { user: 'carol' } }, 'T')).toEqual({
      key: 'tickets.saidTransfer',
      params: { user: 'carol' },
    });
  });

  it('goes on only where nothing is left to do', () => {
    expect(endsReading('approve')).toBe(true);
    expect(endsReading('transfer')).toBe(true);
    expect(endsReading('comment')).toBe(false);
    expect(endsReading('add-approver')).toBe(false);
  });
});

describe('the result of a ticket', () => {
  it('has the counts of its task, if it had one', () => {
    const counts = { total: 5, succeeded: 4 };
    expect(hostsOfResult({ succeeded: false, details: { counts } })).toEqual({ succeeded: 4, total: 5 });
    expect(hostsOfResult({ succeeded: true })).toBeUndefined();
    expect(hostsOfResult(null)).toBeUndefined();
  });
});
