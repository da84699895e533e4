import { messages as english } from './messages/en/index.ts';
import { type MessageKey, type MessageParams, type Messages, translate } from './translate.ts';

export type { MessageKey } from './translate.ts';
export const locales = ['en', 'zh'] as const;
export type Locale = (typeof locales)[number];

let current = $state.raw<{ locale: Locale; messages: Messages }>({ locale: 'en', messages: english });

/** Speaks another language from now on; Chinese is loaded when it is first asked for. */
export async function setLocale(locale: Locale): Promise<void> {
  const { messages } = locale === 'zh' ? await import('./messages/zh/index.ts') : { messages: english as Messages };
  current = { locale, messages };
  document.documentElement.lang = locale === 'zh' ? 'zh-CN' : 'en';
}

/** What to say. Reactive: a template that calls it is rendered anew when the language changes. */
export function t(key: MessageKey, params?: MessageParams): string {
  return translate(current.messages, current.locale, key, params);
}

/** The language now, for `Intl`. */
export function intlLocale(): string {
  return current.locale === 'zh' ? 'zh-CN' : 'en-GB';
}

export function currentLocale(): Locale {
  return current.locale;
}
