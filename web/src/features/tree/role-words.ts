import type { NodeGrant } from '#web/nouns/tree/client.ts';
import { type MessageKey, t } from '#web/lib/i18n/index.svelte.ts';

export type NodeRoleName = NodeGrant['role'];

const words: Readonly<Record<NodeRoleName, { word: MessageKey; hint: MessageKey }>> = {
  'ops-owner': { word: 'tree.roleOpsOwner', hint: 'tree.roleOpsOwnerHint' },
  'dev-owner': { word: 'tree.roleDevOwner', hint: 'tree.roleDevOwnerHint' },
  viewer: { word: 'tree.roleViewer', hint: 'tree.roleViewerHint' },
};

/** Roles that can be granted on a node, the strongest first. */
export const nodeRoleNames = Object.keys(words) as NodeRoleName[];

export function roleWord(role: NodeRoleName): string {
  return t(words[role].word);
}

/** What a role on a node lets somebody do. */
export function roleHint(role: NodeRoleName): string {
  return t(words[role].hint);
}
