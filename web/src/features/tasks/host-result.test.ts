import { describe, expect, it } from 'vitest';
import { hostRunStates, isEnd } from '#domain/tasks/host-run.ts';
import { describeResultCode, resultCodes } from '#domain/tasks/result-codes.ts';
import { messages as en } from '#web/nouns/tasks/messages/tasks.en.ts';
import { codeWord, hasEnded, resultDetail, shortResult } from './host-result.ts';

describe('the result of a host', () => {
  it('has words for every code of the domain, in English those of the domain', () => {
    for (const code of Object.values(resultCodes)) {
      const key = codeWord(code);
      expect(key && en[key.slice('tasks.'.length) as keyof typeof en], `code ${code}`).toBe(describeResultCode(code));
    }
    expect(codeWord(null)).toBeUndefined();
    expect(codeWord(9_999)).toBeUndefined();
  });

  it('is an end in the states that the domain calls ends', () => {
    for (const state of hostRunStates) expect(hasEnded({ state })).toBe(isEnd(state));
  });

  it('is short where it has a number or a signal', () => {
    expect(shortResult({ exitCode: 0, signal: null })).toBe('0');
    expect(shortResult({ exitCode: null, signal: 'SIGKILL' })).toBe('SIGKILL');
    expect(shortResult({ exitCode: null, signal: null })).toBeUndefined();
  });

  it('keeps what a host adds to the sentence of a code', () => {
    const code = resultCodes.noSuchUser;
    const detailOf = (run: { code: number | null; reason: string | null }) =>
      resultDetail({ exitCode: null, signal: null, ...run });
    expect(detailOf({ code, reason: "No such user on this host: 'deploy'" })).toBe("'deploy'");
    expect(detailOf({ code, reason: 'No such user on this host' })).toBe('');
    expect(detailOf({ code: resultCodes.timedOut, reason: describeResultCode(resultCodes.timedOut) })).toBe('');
    expect(detailOf({ code, reason: 'Something else' })).toBe('Something else');
    expect(detailOf({ code: 9_999, reason: 'From a later version' })).toBe('From a later version');
    expect(detailOf({ code: null, reason: null })).toBe('');
  });

  it('does not say twice what the exit code or the signal says', () => {
    const { scriptFailed, killedBySignal } = resultCodes;
    const failed = { code: scriptFailed, reason: 'The script ran and failed: exit code 3', signal: null };
    expect(resultDetail({ ...failed, exitCode: 3 })).toBe('');
    expect(resultDetail({ ...failed, exitCode: 4 })).toBe('exit code 3');
    const reason = 'The script was killed by a signal: SIGTERM';
    expect(resultDetail({ code: killedBySignal, reason, exitCode: null, signal: 'SIGTERM' })).toBe('');
  });
});
