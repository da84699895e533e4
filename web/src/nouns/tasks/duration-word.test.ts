import { describe, expect, it } from 'vitest';
import { durationWord } from './duration-word.ts';

describe('durationWord', () => {
  it('is what the command line reads', () => {
    expect(durationWord(30_000)).toBe('30s');
    expect(durationWord(250)).toBe('250ms');
    expect(durationWord(90_061_001)).toBe('25h1m1s1ms');
  });
});
