/** Languages that all words are there in. */
export const locales = ['en', 'zh'] as const;
export type Locale = (typeof locales)[number];

export type MessageParams = Readonly<Record<string, string | number>>;

/**
 * Fills `{name}` from `params`. A message may have forms by number: `{n} host|{n} hosts` (one, other), chosen by `n` and
 * the language's own plural rules; a message without `|` has one form for all numbers.
 */
export function fillMessage(message: string, locale: Locale, params: MessageParams = {}): string {
  const forms = message.split('|');
  const n = Number(params['n'] ?? 0);
  const form = forms.length === 1 || new Intl.PluralRules(locale).select(n) === 'one' ? forms[0] : forms[1];
  return (form ?? message).replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? value.toLocaleString(locale) : value;
  });
}
