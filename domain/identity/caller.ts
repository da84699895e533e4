import type { Actor } from './permissions.ts';
import type { NodeRole } from './roles.ts';

/** One grant of a caller, with the ltree path of its node. */
export interface CallerGrant {
  readonly nodeId: string;
  readonly idPath: string;
  readonly role: NodeRole;
}

/** Who asks, as the ledger knows them at this moment. */
export interface Caller {
  readonly actor: Actor;
  readonly mustChangePassword: boolean;
  readonly grants: readonly CallerGrant[];
}
