import { reasonParams } from '#domain/names.ts';
import type { Reason, SomeNames } from '#domain/reasons.ts';
import type { Locale, MessageParams } from './fill.ts';

/** How a reader wants times; the parameter is ISO 8601 in UTC. */
export type SpeakTime = (time: string) => string;

/** Parameters of a reason as they are read. */
export function spokenParams(reason: Reason, locale: Locale, speakTime: SpeakTime): MessageParams {
  const kinds = reasonParams[reason.code];
  return Object.fromEntries(
    Object.entries<unknown>(reason.params).map(([name, value]) => {
      if (kinds[name] === 'names') return [name, spokenNames(value as SomeNames, locale)];
      if (kinds[name] === 'time') return [name, speakTime(String(value))];
      return [name, typeof value === 'number' ? value : String(value)];
    }),
  );
}

function spokenNames({ names, count }: SomeNames, locale: Locale): string {
  const more = count - names.length;
  if (locale === 'zh') return names.join('、') + (more > 0 ? ` 等 ${count} 个` : '');
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
