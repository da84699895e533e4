import type { Reason } from '#domain/reasons.ts';
import { inEnglish, told } from '#words/english.ts';

/** A reason as parameters of an answer are. */
type Params = Record<string, string | number | { names: string[]; count: number }>;

/** The reason of an answer, as it has one. */
export function reasonFields(reason: Reason | null | undefined): {
  reason: string | null;
  params: Params;
  detail: string | null;
} {
  if (reason === null || reason === undefined) return { reason: null, params: {}, detail: null };
  return { reason: reason.code, params: paramsOf(reason), detail: inEnglish(reason) };
}

/** Several reasons of an answer. */
export function toldReasons(reasons: readonly Reason[]): { code: string; params: Params; detail: string }[] {
  return reasons.map((reason) => ({ ...told(reason), params: paramsOf(reason) }));
}

export function paramsOf(reason: Reason): Params {
  return { ...(reason.params as Params) };
}
