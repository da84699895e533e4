import type { Tx } from '#db/database.ts';
import type { ChangeKinds } from '#domain/changes/change-kind.ts';

/** All kinds of change, with their effects in a transaction; the rooms above give them. */
export type KindsOn = (tx: Tx) => ChangeKinds;
