import type { messages } from './messages/en/index.ts';

type EnglishMessages = typeof messages;

/** The same keys as English, in whatever words. A key that is missing does not compile. */
export type Messages = { readonly [F in keyof EnglishMessages]: Readonly<Record<keyof EnglishMessages[F], string>> };

/** `feature.key` of everything that can be said. */
export type MessageKey = {
  [F in keyof EnglishMessages]: `${F}.${keyof EnglishMessages[F] & string}`;
}[keyof EnglishMessages];

export type MessageParams = Readonly<Record<string, string | number>>;

/**
 * Fills `{name}` from `params`. A message may have forms by number: `{n} host|{n} hosts` (one, other), chosen by `n` and
 * the language's own plural rules; a message without `|` has one form for all numbers.
 */
export function translate(messages: Messages, locale: string, key: MessageKey, params: MessageParams = {}): string {
  const dot = key.indexOf('.');
  const feature = messages[key.slice(0, dot) as keyof Messages] as Readonly<Record<string, string>>;
  const message = feature[key.slice(dot + 1)] ?? key;
  const forms = message.split('|');
  const n = Number(params['n'] ?? 0);
  const form = forms.length === 1 || new Intl.PluralRules(locale).select(n) === 'one' ? forms[0] : forms[1];
  return (form ?? message).replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? value.toLocaleString(locale) : value;
  });
}
