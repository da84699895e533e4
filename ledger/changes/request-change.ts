import type { ChangeKind, RequestedChange } from '#domain/changes/change-kind.ts';
import { Problem } from '#domain/errors.ts';
import type { Caller } from '#domain/identity/caller.ts';

/** What a payload asks for, looked up with the proposer's rights as they are now. Problems where it cannot be had. */
export async function requestChange(kind: ChangeKind, proposer: Caller, payload: unknown): Promise<RequestedChange> {
  const { success, data, error } = kind.schema.safeParse(payload);
  if (success) return kind.requires(proposer, data);
  const fields = error.issues.map(({ path, message }) => ({ field: path.join('.'), fault: message }));
  throw Problem.input(fields);
}
