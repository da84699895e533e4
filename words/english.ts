import { isReason, type Reason } from '#domain/reasons.ts';
import { en } from './en.ts';
import { fillMessage } from './fill.ts';
import { spokenParams } from './spoken-params.ts';

/** A reason as an English sentence; times in ISO 8601. */
export function inEnglish(reason: Reason): string {
  return fillMessage(en[reason.code], 'en', spokenParams(reason, 'en', String));
}

/** A reason with its English sentence: what answers and messages carry. */
export type ToldReason = Reason & { readonly detail: string };

export function told(reason: Reason): ToldReason {
  return { ...reason, detail: inEnglish(reason) };
}

/** Reasons in details of a happening, alone or in lists, each with its sentence; all else stays as it is. */
export function tellReasons(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const tell = (value: unknown): unknown => (isReason(value) ? told(value) : value);
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [name, Array.isArray(value) ? value.map(tell) : tell(value)]),
  );
}
