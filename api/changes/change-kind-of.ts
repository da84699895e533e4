import { type ChangeKindName, changeKindNames } from '#domain/names.ts';
import { Problem } from '#domain/errors.ts';

/** The kind of change with this name. Any other name is bad input. */
export function changeKindOf(name: string): ChangeKindName {
  const kind = changeKindNames.find((known) => known === name);
  if (kind !== undefined) return kind;
  const message = `there is no kind of change '${name}': one of ${changeKindNames.join(', ')}`;
  throw new Problem('invalid-input', `kind: ${message}`, {
    reason: 'unknown-kind',
    fields: [{ field: 'kind', message }],
  });
}
