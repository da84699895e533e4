import { type Phrase, say } from '#web/lib/i18n/index.svelte.ts';
import type { Tone } from './tone.ts';

/** The pictures of states; Status draws them. */
export type StateIcon = 'wait' | 'queue' | 'run' | 'pause' | 'ok' | 'fail' | 'stop' | 'unknown' | 'calendar' | 'dot';

/** How a state is called and drawn. */
export interface StateWord {
  readonly word: Phrase;
  readonly tone: Tone;
  readonly icon: StateIcon;
}

/** The states of one kind of thing; each noun has its own. */
export type StateWords = Readonly<Record<string, StateWord>>;

/** The states of a step among others. */
export const stepStates = {
  passed: { word: { en: 'Passed', zh: '已通过' }, tone: 'ok', icon: 'ok' },
  current: { word: { en: 'Current', zh: '进行中' }, tone: 'info', icon: 'dot' },
  waiting: { word: { en: 'Waiting', zh: '未开始' }, tone: 'idle', icon: 'wait' },
} as const satisfies StateWords;

/** What a state is called; a state that this version does not know is said as it is. */
export function stateWord(words: StateWords, state: string): string {
  const known = words[state];
  return known === undefined ? state : say(known.word);
}

export function stateTone(words: StateWords, state: string): Tone {
  return words[state]?.tone ?? 'idle';
}

export function stateIcon(words: StateWords, state: string): StateIcon {
  return words[state]?.icon ?? 'unknown';
}
