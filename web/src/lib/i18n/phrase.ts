import { type Locale, locales } from '#words/fill.ts';

export { type Locale, locales };

/**
 * A name in every language, for closed lists: states, rights, places. Sentences of pages are messages, which are loaded
 * with them.
 */
export type Phrase = Readonly<Record<Locale, string>>;
