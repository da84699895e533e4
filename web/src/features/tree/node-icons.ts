import type { Node } from '#web/nouns/tree/client.ts';
import { type MessageKey, t } from '#web/lib/i18n/index.svelte.ts';

export type NodeIconName = NonNullable<Node['icon']>;

const keys: Readonly<Record<NodeIconName, MessageKey>> = {
  company: 'tree.iconCompany',
  team: 'tree.iconTeam',
  service: 'tree.iconService',
  cluster: 'tree.iconCluster',
  database: 'tree.iconDatabase',
  network: 'tree.iconNetwork',
  storage: 'tree.iconStorage',
  room: 'tree.iconRoom',
  rack: 'tree.iconRack',
  cloud: 'tree.iconCloud',
};

/** All icons that a node can have, in the order of the pick list. */
export const nodeIconNames = Object.keys(keys) as NodeIconName[];

/** What an icon stands for. */
export function iconWord(icon: Node['icon']): string {
  return icon === null ? t('tree.iconNone') : t(keys[icon]);
}
