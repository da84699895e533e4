export const locales = ['en', 'zh'] as const;
export type Locale = (typeof locales)[number];

/**
 * A name in every language, for closed lists: states, rights, places. Sentences of pages are messages, which are loaded
 * with them.
 */
export type Phrase = Readonly<Record<Locale, string>>;
