import { afterEach, describe, expect, it, vi } from 'vitest';
import { emptyDraft, type TaskDraft } from './draft.ts';
import { faultsOfDraft, firstFaultyStep } from './draft-faults.ts';
import { localOfTime } from './local-time.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const good: TaskDraft = { ...emptyDraft, script: 'uptime\n', node: 'infra.web' };
const keysOf = (change: Partial<TaskDraft>) =>
  Object.fromEntries(
    Object.entries(faultsOfDraft({ ...good, ...change }, now)).map(([field, { key }]) => [field, key]),
  );
const inMinutes = (minutes: number) => localOfTime(new Date(now + minutes * 60_000));

describe('faults of a draft', () => {
  afterEach(() => void vi.unstubAllEnvs());

  it('finds none in a good one', () => {
    expect(faultsOfDraft(good, now)).toEqual({});
    expect(firstFaultyStep({})).toBe('review');
  });

  it('sends an empty one to its first step', () => {
    expect(firstFaultyStep(faultsOfDraft(emptyDraft, now))).toBe('script');
    expect(firstFaultyStep(faultsOfDraft({ ...good, node: '' }, now))).toBe('hosts');
    expect(firstFaultyStep(faultsOfDraft({ ...good, timeout: '0' }, now))).toBe('how');
  });

  it.each<[string, Partial<TaskDraft>, Record<string, string>]>([
    ['no text', { script: ' \n' }, { script: 'newTask.scriptMissing' }],
    ['a text that is too long', { script: 'é'.repeat(131_073) }, { script: 'newTask.scriptTooLong' }],
    ['nothing from the library', { source: 'library' }, { library: 'newTask.libraryMissing' }],
    ['an open quote', { source: 'command', command: 'echo "' }, { command: 'newTask.unclosedQuote' }],
    ['no command', { source: 'command', command: ' ' }, { command: 'newTask.commandMissing' }],
    [
      'a relative interpreter',
      { interpreter: 'other', otherInterpreter: 'perl5' },
      { interpreter: 'newTask.interpreterPath' },
    ],
    ['a variable of a wrong name', { env: [{ name: '1A', value: '' }] }, { env: 'newTask.envName' }],
    ['a value without a name', { env: [{ name: '', value: 'x' }] }, { env: 'newTask.envName' }],
    [
      'a variable twice',
      {
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      },
      { env: 'newTask.envTwice' },
    ],
    ['a relative folder', { workDir: 'srv' }, { workDir: 'newTask.workDirAbsolute' }],
    ['a user that cannot be', { runAs: 'a b' }, { runAs: 'newTask.runAsName' }],
    ['no machines', { targetBy: 'machines' }, { machines: 'newTask.hostsMissing' }],
    ['only comments pasted', { targetBy: 'pasted', pasted: '# a' }, { pasted: 'newTask.hostsMissing' }],
    ['words that are no hosts', { targetBy: 'pasted', pasted: 'h1 port=22' }, { pasted: 'newTask.pastedOdd' }],
    ['no number of hosts', { concurrency: 'limit', concurrencyLimit: '1.5' }, { concurrency: 'newTask.numberBetween' }],
    ['more than seven days', { timeout: '169', timeoutUnit: 'h' }, { timeout: 'newTask.timeoutBetween' }],
    ['more than all hosts', { onError: 'share', onErrorShare: '101' }, { onError: 'newTask.numberBetween' }],
    ['no time', { when: 'later' }, { runAt: 'newTask.runAtMissing' }],
    ['a time that is over', { when: 'later', runAt: inMinutes(-1) }, { runAt: 'newTask.runAtPast' }],
    [
      'an end before the start',
      { when: 'later', runAt: inMinutes(10), expiresAt: inMinutes(5) },
      { expiresAt: 'newTask.expiresBefore' },
    ],
  ])('finds %s', (_, change, faults) => {
    expect(keysOf(change)).toEqual(faults);
  });

  it('finds an hour that the clocks here skip', () => {
    vi.stubEnv('TZ', 'Europe/Berlin');
    expect(keysOf({ when: 'later', runAt: '2099-03-29T02:30', expiresAt: '2099-03-29T02:45' })).toEqual({
      runAt: 'reasons.skipped-hour',
      expiresAt: 'reasons.skipped-hour',
    });
  });

  it('does not look at what the form hides', () => {
    expect(keysOf({ source: 'command', command: 'id', script: '', interpreter: 'other' })).toEqual({});
    expect(keysOf({ targetBy: 'pasted', pasted: 'web-1', node: '' })).toEqual({});
    expect(keysOf({ onErrorCount: 'x', concurrencyLimit: '', runAt: 'x' })).toEqual({});
    expect(keysOf({ when: 'later', runAt: inMinutes(10), expiresAt: inMinutes(20) })).toEqual({});
  });
});
