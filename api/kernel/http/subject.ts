import type { Database } from '#db/database.ts';
import { isUuid } from '#db/is-uuid.ts';
import type { Actor } from '#domain/identity/permissions.ts';
import type { Action, SubjectName } from '#domain/names.ts';

/** A thing with an id that rules are about, as its room contributes it. `Access` is what decides about one of them. */
export interface Subject<Access = unknown> {
  /** Undefined where there is no such thing. */
  find(db: Database, id: string): Promise<Access | undefined>;
  /** Whether they may know that it exists. */
  mayView(actor: Actor, access: Access): boolean;
  /** Whether somebody who sees it may take the action on it. */
  mayAct(actor: Actor, action: Action, access: Access): boolean;
}

/** The contributions of all rooms. */
export type Subjects = Readonly<Record<SubjectName, Subject>>;

/** What decides about the thing with this id; undefined where there is none that they may see. */
export async function findVisible<Access>(
  db: Database,
  subject: Subject<Access>,
  actor: Actor,
  id: string,
): Promise<Access | undefined> {
  const access = isUuid(id) ? await subject.find(db, id) : undefined;
  return access !== undefined && subject.mayView(actor, access) ? access : undefined;
}
