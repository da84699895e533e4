import { styleText } from 'node:util';

/** What a word means, not which colour it has. */
export type Tone = 'good' | 'bad' | 'busy' | 'quiet' | 'strong' | 'plain';

/** What each of some words means, like the states of a thing. */
export type Tones<Word extends string> = Readonly<Record<Word, Tone>>;

/** Colours a text on a terminal that wants colours, and leaves it alone elsewhere. */
export type Paint = (tone: Tone, text: string) => string;

const styles = { good: 'green', bad: 'red', busy: 'yellow', quiet: 'dim', strong: 'bold' } as const;

export function createPaint(colours: boolean): Paint {
  return (tone, text) =>
    !colours || tone === 'plain' || text === '' ? text : styleText(styles[tone], text, { validateStream: false });
}
