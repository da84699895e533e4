import { describe, expect, it } from 'vitest';
import { countText, inboxQuery } from './inbox-view.ts';

describe('the inbox in the address', () => {
  it('reads view and state', () => {
    expect(inboxQuery('requested', 'ended')).toEqual({ scope: 'requested', state: 'ended' });
    expect(inboxQuery('visible', '')).toEqual({ scope: 'visible' });
  });

  it('takes what waits for me where the address is wrong, and no state there', () => {
    expect(inboxQuery('constructor', 'nonsense')).toEqual({ scope: 'to-decide' });
    expect(inboxQuery('to-decide', 'done')).toEqual({ scope: 'to-decide' });
    expect(inboxQuery('visible', 'nonsense')).toEqual({ scope: 'visible' });
  });

  it('counts what fits and says when there is more', () => {
    expect(countText({ items: [], next: null })).toBe('');
    expect(countText({ items: [1, 2], next: null })).toBe('2');
    expect(countText({ items: [1, 2], next: 'x' })).toBe('100+');
  });
});
