import { type ParamsOf, type ReasonCode, reasonParams } from './names.ts';
import type { ReasonParam } from './room-names.ts';

/** Some of many names, and how many there are. */
export interface SomeNames {
  readonly names: readonly string[];
  readonly count: number;
}

interface ParamValues {
  readonly text: string;
  readonly number: number;
  readonly time: string;
  readonly names: SomeNames;
}
type Values<Params> = { readonly [Name in keyof Params]: ParamValues[Params[Name] & ReasonParam] };

/**
 * Why something is refused, waits, or ended as it did: a code for programs with its parameters. It is stored and sent as
 * this; sentences are made of it where somebody reads (words/).
 */
export type Reason<Code extends ReasonCode = ReasonCode> = Code extends ReasonCode
  ? { readonly code: Code; readonly params: Values<ParamsOf<Code>> }
  : never;

/** Codes that say all by themselves. */
export type PlainCode = { [Code in ReasonCode]: keyof ParamsOf<Code> extends never ? Code : never }[ReasonCode];

/** A reason with its parameters, if it has any. */
export function because<Code extends ReasonCode>(
  code: Code,
  ...[params]: Code extends PlainCode ? [] : [Values<ParamsOf<Code>>]
): Reason<Code> {
  return { code, params: params ?? {} } as Reason<Code>;
}

const namesTold = 5;

/** The first few of many names, as a parameter of a reason: what is stored does not grow with what people choose. */
export function someOf(names: readonly string[]): SomeNames {
  return { names: names.slice(0, namesTold), count: names.length };
}

/** Whether something that was read from a row or an answer is a reason. */
export function isReason(value: unknown): value is Reason {
  if (typeof value !== 'object' || value === null) return false;
  const { code, params } = value as { code?: unknown; params?: unknown };
  return typeof code === 'string' && Object.hasOwn(reasonParams, code) && typeof params === 'object' && params !== null;
}
