import { describe, expect, it } from 'vitest';
import { readQuery, writeQuery } from './url-query.ts';

const defaults = { q: '', state: 'open', sel: '' };

describe('the query of a view', () => {
  it('gives defaults where the address is silent, and keeps values as typed', () => {
    expect(readQuery('?q=00123', defaults)).toEqual({ q: '00123', state: 'open', sel: '' });
    expect(readQuery('?state=', defaults).state).toBe('');
  });

  it('leaves defaults out and keeps what belongs to others', () => {
    expect(writeQuery('?q=a&other=1', defaults, { q: '', state: 'open', sel: 'x y' })).toBe('?other=1&sel=x+y');
    expect(writeQuery('?q=a', defaults, { q: '' })).toBe('');
    expect(writeQuery('?q=a', defaults, { state: '' })).toBe('?q=a&state=');
  });

  it('gives the same view after a reload', () => {
    const values = { q: '1.10 & 中文=?', state: 'ended', sel: '#7' };
    expect(readQuery(writeQuery('', defaults, values), defaults)).toEqual(values);
  });
});
