import { describe, expect, it } from 'vitest';
import { isChanged, versionsBefore } from './reading.ts';

describe('reading a ticket', () => {
  it('is changed by another content only', () => {
    const read = { version: 1, contentHash: 'a' };
    expect(isChanged(read, { version: 2, contentHash: 'b' })).toBe(true);
    expect(isChanged(read, { version: 2, contentHash: 'a' })).toBe(false);
  });

  it('compares with the version before first, with nothing last', () => {
    expect(versionsBefore(3)).toEqual([2, 1, 0]);
    expect(versionsBefore(1)).toEqual([0]);
  });
});
