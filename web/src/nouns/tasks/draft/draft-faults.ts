import type { MessageKey } from '#web/lib/i18n/sources.ts';
import type { MessageParams } from '#words/fill.ts';
import { splitCommand } from './command-words.ts';
import { draftSteps, type DraftStep, type TaskDraft } from './draft.ts';
import { interpreterOf, scriptTextOf } from './draft-input.ts';
import { isoOfLocal, isSkippedHour } from './local-time.ts';
import { parsePastedHosts } from './pasted-hosts.ts';

/** Fields of the form that can be wrong, by step. */
export const fieldsOfStep = {
  script: ['title', 'script', 'library', 'command', 'interpreter', 'args', 'env', 'workDir', 'runAs'],
  hosts: ['node', 'machines', 'pasted'],
  how: ['concurrency', 'timeout', 'onError', 'runAt', 'expiresAt'],
  review: [],
} as const satisfies Record<DraftStep, readonly string[]>;
export type DraftField = (typeof fieldsOfStep)[DraftStep][number];

/** What is wrong with a field, as a message to show. */
export interface DraftFault {
  readonly key: MessageKey;
  readonly params?: MessageParams;
}
export type DraftFaults = Partial<Record<DraftField, DraftFault>>;

/** As the api allows them. */
const limits = { scriptBytes: 256 * 1024, words: 256, hosts: 50_000, timeoutSeconds: 7 * 86_400, title: 200 };
const seconds = { s: 1, m: 60, h: 3600 } as const;

/** What is wrong with a draft, as far as the browser can know; `now` in milliseconds. */
export function faultsOfDraft(draft: TaskDraft, now: number): DraftFaults {
  return { ...scriptFaults(draft), ...hostFaults(draft), ...howFaults(draft, now) };
}

/** The first step that has something wrong; `review` where nothing is. */
export function firstFaultyStep(faults: DraftFaults): DraftStep {
  return draftSteps.find((step) => fieldsOfStep[step].some((field) => faults[field] !== undefined)) ?? 'review';
}

function scriptFaults(draft: TaskDraft): DraftFaults {
  const faults: DraftFaults = {};
  if (draft.title.length > limits.title) faults.title = { key: 'newTask.tooLong', params: { n: limits.title } };
  if (draft.source === 'command') {
    const { words, fault } = splitCommand(draft.command);
    if (fault !== undefined) {
      faults.command = { key: fault === 'unclosed-quote' ? 'newTask.unclosedQuote' : 'newTask.trailingBackslash' };
    } else if (words.length === 0) faults.command = { key: 'newTask.commandMissing' };
    else if (words.length > limits.words) faults.command = { key: 'newTask.tooManyWords', params: { n: limits.words } };
  } else {
    const text = scriptTextOf(draft) ?? '';
    const field = draft.source;
    if (draft.source === 'library' && draft.library === null) faults.library = { key: 'newTask.libraryMissing' };
    else if (text.trim() === '') faults[field] = { key: 'newTask.scriptMissing' };
    else if (text.includes('\0')) faults[field] = { key: 'newTask.nulByte' };
    else if (new TextEncoder().encode(text).length > limits.scriptBytes) {
      faults[field] = { key: 'newTask.scriptTooLong', params: { n: limits.scriptBytes / 1024 } };
    }
    if (draft.interpreter === 'other' && !interpreterOf(draft)?.startsWith('/')) {
      faults.interpreter = { key: 'newTask.interpreterPath' };
    }
    if (draft.args.length > limits.words) faults.args = { key: 'newTask.tooManyWords', params: { n: limits.words } };
  }
  const names = draft.env.map(({ name }) => name);
  const wrongName = draft.env.find(({ name, value }) =>
    name === '' ? value !== '' : !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name),
  );
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (wrongName !== undefined) faults.env = { key: 'newTask.envName', params: { name: wrongName.name || '∅' } };
  else if (twice !== undefined) faults.env = { key: 'newTask.envTwice', params: { name: twice } };
  if (draft.workDir !== '' && !draft.workDir.startsWith('/')) faults.workDir = { key: 'newTask.workDirAbsolute' };
  if (draft.runAs !== '' && !/^[a-z_][a-z0-9_.-]{0,31}$/i.test(draft.runAs)) {
    faults.runAs = { key: 'newTask.runAsName' };
  }
  return faults;
}

function hostFaults(draft: TaskDraft): DraftFaults {
  switch (draft.targetBy) {
    case 'node':
      return draft.node === '' ? { node: { key: 'newTask.nodeMissing' } } : {};
    case 'machines':
      return countFault('machines', draft.machines.length);
    case 'pasted':
      return pastedFaults(draft.pasted);
  }
}

/** Odd words told at most. */
const oddTold = 8;

function pastedFaults(pasted: string): DraftFaults {
  const { hosts, odd } = parsePastedHosts(pasted);
  if (odd.length === 0) return countFault('pasted', hosts.length);
  const names = odd.slice(0, oddTold).join(', ') + (odd.length > oddTold ? ', …' : '');
  return { pasted: { key: 'newTask.pastedOdd', params: { names } } };
}

function countFault(field: 'machines' | 'pasted', hosts: number): DraftFaults {
  if (hosts === 0) return { [field]: { key: 'newTask.hostsMissing' } };
  return hosts > limits.hosts ? { [field]: { key: 'newTask.tooManyHosts', params: { n: limits.hosts } } } : {};
}

function howFaults(draft: TaskDraft, now: number): DraftFaults {
  const faults: DraftFaults = {};
  const between = (text: string, most: number) => /^[1-9]\d{0,8}$/.test(text.trim()) && Number(text) <= most;
  if (draft.concurrency === 'limit' && !between(draft.concurrencyLimit, limits.hosts)) {
    faults.concurrency = { key: 'newTask.numberBetween', params: { most: limits.hosts } };
  }
  if (!between(draft.timeout, limits.timeoutSeconds / seconds[draft.timeoutUnit])) {
    faults.timeout = { key: 'newTask.timeoutBetween' };
  }
  if (draft.onError === 'count' && !between(draft.onErrorCount, 999_999)) {
    faults.onError = { key: 'newTask.numberBetween', params: { most: 999_999 } };
  }
  if (draft.onError === 'share' && !between(draft.onErrorShare, 100)) {
    faults.onError = { key: 'newTask.numberBetween', params: { most: 100 } };
  }
  if (draft.when === 'later') {
    const runAt = isoOfLocal(draft.runAt);
    if (isSkippedHour(draft.runAt)) faults.runAt = { key: 'reasons.skipped-hour' };
    else if (runAt === undefined) faults.runAt = { key: 'newTask.runAtMissing' };
    else if (Date.parse(runAt) <= now) faults.runAt = { key: 'newTask.runAtPast' };
    const expiresAt = isoOfLocal(draft.expiresAt);
    if (isSkippedHour(draft.expiresAt)) faults.expiresAt = { key: 'reasons.skipped-hour' };
    else if (draft.expiresAt !== '' && (expiresAt === undefined || expiresAt <= (runAt ?? ''))) {
      faults.expiresAt = { key: 'newTask.expiresBefore' };
    }
  }
  return faults;
}
