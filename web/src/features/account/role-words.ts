import type { Whoami } from '#web/lib/session/session-client.ts';
import { t } from '#web/lib/i18n/index.svelte.ts';

const roles = {
  admin: 'shell.roleAdmin',
  ops: 'shell.roleOps',
  viewer: 'shell.roleViewer',
  none: 'shell.roleNone',
} as const satisfies Record<Whoami['role'], string>;

const grants = {
  'ops-owner': 'shell.grantOpsOwner',
  'dev-owner': 'shell.grantDevOwner',
  viewer: 'shell.grantViewer',
} as const satisfies Record<Whoami['grants'][number]['role'], string>;

/** A role for the whole tree, in words. */
export function roleWord(role: Whoami['role']): string {
  return t(roles[role]);
}

/** A role on a node, in words. */
export function grantWord(role: Whoami['grants'][number]['role']): string {
  return t(grants[role]);
}
