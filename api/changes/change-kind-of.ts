import { type ChangeKindName, changeKindNames } from '#domain/names.ts';
import { Problem } from '#domain/errors.ts';
import { because, someOf } from '#domain/reasons.ts';

/** The kind of change with this name. Any other name is bad input. */
export function changeKindOf(name: string): ChangeKindName {
  const kind = changeKindNames.find((known) => known === name);
  if (kind !== undefined) return kind;
  throw Problem.field('kind', because('unknown-kind', { kind: name, known: someOf(changeKindNames) }));
}
