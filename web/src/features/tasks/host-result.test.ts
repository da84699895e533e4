import { describe, expect, it } from 'vitest';
import { hostRunStates, isEnd } from '#domain/tasks/host-run.ts';
import { hasEnded, shortResult } from './host-result.ts';

describe('the result of a host', () => {
  it('is an end in the states that the domain calls ends', () => {
    for (const state of hostRunStates) expect(hasEnded({ state })).toBe(isEnd(state));
  });

  it('is short where it has a number or a signal', () => {
    expect(shortResult({ exitCode: 0, signal: null })).toBe('0');
    expect(shortResult({ exitCode: null, signal: 'SIGKILL' })).toBe('SIGKILL');
    expect(shortResult({ exitCode: null, signal: null })).toBeUndefined();
  });
});
