import { type Locale, locales, type Phrase } from './phrase.ts';
import { frameMessages, loadFrame, loadSet, type MessageKey, type Messages, type MessageSet } from './sources.ts';
import { fillMessage, type MessageParams } from '#words/fill.ts';

export { locales };
export type { Locale, MessageKey, Phrase };

let current = $state.raw<{ locale: Locale; messages: Messages }>({ locale: 'en', messages: frameMessages });

/** What is to be spoken, and of what: `current` follows as soon as the words are there. */
let wantedLocale: Locale = 'en';
const wantedSets = new Set<MessageSet>();

/** Speaks another language from now on. */
export async function setLocale(locale: Locale): Promise<void> {
  wantedLocale = locale;
  await loadWords();
}

/** Resolves as soon as these messages can be said, in the language of now and in any that is chosen later. */
export async function needWords(...sets: readonly MessageSet[]): Promise<void> {
  for (const set of sets) wantedSets.add(set);
  await loadWords();
}

async function loadWords(): Promise<void> {
  const locale = wantedLocale;
  const known = current.locale === locale ? current.messages : {};
  const missing = [...wantedSets].filter((set) => !(set in known));
  const [frame, ...loaded] = await Promise.all([loadFrame(locale), ...missing.map((set) => loadSet(set, locale))]);
  // Another language or page may have been asked for meanwhile.
  if (locale !== wantedLocale) return loadWords();
  const before = current.locale === locale ? current.messages : {};
  const messages = { ...frame, ...before, ...Object.fromEntries(missing.map((set, at) => [set, loaded[at] ?? {}])) };
  if ([...wantedSets].some((set) => !(set in messages))) return loadWords();
  current = { locale, messages };
  document.documentElement.lang = locale === 'zh' ? 'zh-CN' : 'en';
}

/** What to say. Reactive: a template that calls it is rendered anew when the language changes. */
export function t(key: MessageKey, params?: MessageParams): string {
  const dot = key.indexOf('.');
  const message = current.messages[key.slice(0, dot)]?.[key.slice(dot + 1)] ?? key;
  return fillMessage(message, current.locale, params);
}

/** What something is called; reactive like `t`. */
export function say(phrase: Phrase, params?: MessageParams): string {
  return fillMessage(phrase[current.locale], current.locale, params);
}

/** The language now, for `Intl`. */
export function intlLocale(): string {
  return current.locale === 'zh' ? 'zh-CN' : 'en-GB';
}

export function currentLocale(): Locale {
  return current.locale;
}
