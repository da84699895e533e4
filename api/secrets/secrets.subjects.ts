import type { Subject } from '#api/kernel/http/subject.ts';
import { findSecretAccess, type SecretAccess } from '#db/secrets/secrets.ts';
import { can } from '#domain/identity/permissions.ts';

/** By a role, or by one on its owner node. */
export const secretSubject: Subject<SecretAccess> = {
  find: findSecretAccess,
  mayView: (actor, { nodeIds }) => can(actor, 'secret.view', nodeIds),
  mayAct: (actor, action, { nodeIds }) => can(actor, action, nodeIds),
};
