import { messages as roomMessages } from '#web/rooms.ts';
import type { Locale } from './phrase.ts';
import { common } from './messages/en/common.ts';
import { shell } from './messages/en/shell.ts';
import { ui } from './messages/en/ui.ts';
import { en as reasons } from '#words/en.ts';

/** What the frame says itself: in English from the beginning, so that it can always speak. */
export const frameMessages = { common, shell, ui, reasons };
type FrameMessages = typeof frameMessages;

/** Messages that a page asks for by their name. */
export type MessageSet = keyof typeof roomMessages;
type English = FrameMessages & {
  readonly [Set in MessageSet]: Awaited<ReturnType<(typeof roomMessages)[Set]['en']>>['messages'];
};

/** `set.key` of everything that can be said. */
export type MessageKey = { [Set in keyof English]: `${Set}.${keyof English[Set] & string}` }[keyof English];

/** The messages of sets, by the name of the set and their own. */
export type Messages = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Where the words of each set are; a key that is missing in a language does not compile. */
const sources: {
  readonly [Set in MessageSet]: Readonly<
    Record<Locale, () => Promise<{ readonly messages: Readonly<Record<keyof English[Set], string>> }>>
  >;
} = roomMessages;

/** Loads the frame's own words in a language. */
export async function loadFrame(locale: Locale): Promise<Messages> {
  if (locale === 'en') return frameMessages;
  return (await import('./messages/zh/index.ts')).messages satisfies {
    readonly [Set in keyof FrameMessages]: Readonly<Record<keyof FrameMessages[Set], string>>;
  };
}

/** Loads a set in a language. */
export async function loadSet(set: MessageSet, locale: Locale): Promise<Readonly<Record<string, string>>> {
  return (await sources[set][locale]()).messages;
}
