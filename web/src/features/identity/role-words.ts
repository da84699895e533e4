import type { NodeRole, UserRole } from '#domain/identity/roles.ts';
import { type MessageKey, t } from '#web/lib/i18n/index.svelte.ts';

const userWords: Record<UserRole, { readonly word: MessageKey; readonly hint: MessageKey }> = {
  admin: { word: 'shell.roleAdmin', hint: 'admin.roleAdminHint' },
  ops: { word: 'shell.roleOps', hint: 'admin.roleOpsHint' },
  viewer: { word: 'shell.roleViewer', hint: 'admin.roleViewerHint' },
  none: { word: 'shell.roleNone', hint: 'admin.roleNoneHint' },
};
const nodeWords: Record<NodeRole, MessageKey> = {
  'ops-owner': 'shell.grantOpsOwner',
  'dev-owner': 'shell.grantDevOwner',
  viewer: 'shell.grantViewer',
};

export function userRoleWord(role: UserRole): string {
  return t(userWords[role].word);
}

/** What somebody of this role may do, in a sentence. */
export function userRoleHint(role: UserRole): string {
  return t(userWords[role].hint);
}

export function nodeRoleWord(role: NodeRole): string {
  return t(nodeWords[role]);
}
