import CornerDownRight from '@lucide/svelte/icons/corner-down-right';
import Copy from '@lucide/svelte/icons/copy';
import FolderInput from '@lucide/svelte/icons/folder-input';
import Pencil from '@lucide/svelte/icons/pencil';
import Play from '@lucide/svelte/icons/play';
import Trash2 from '@lucide/svelte/icons/trash-2';
import type { Node, NodeDetail } from '#web/nouns/tree/client.ts';
import { t } from '#web/lib/i18n/index.svelte.ts';
import { routeFor } from '#web/lib/route-for.ts';
import type { MenuItem } from '#web/lib/ui/menu-item.ts';
import type { NodeDesk } from './node-desk.svelte.ts';

/** What an entry of the menu does. */
export interface NodeMenuDeeds {
  readonly rename: (node: Node) => void;
  readonly copyPath: (node: Node) => void;
}

/**
 * The menu of a node: the same by right click, by its button and by the keyboard. An entry that is not allowed says which
 * permission is missing; while that is not known yet, it cannot be chosen.
 */
export function nodeMenu(desk: NodeDesk, node: Node, detail: NodeDetail | undefined, deeds: NodeMenuDeeds): MenuItem[] {
  const needs = (action: string): { disabled?: boolean; reason?: string } => {
    if (!node.visible) return { disabled: true, reason: t('tree.hiddenReason') };
    const allowed = desk.allows(action, detail);
    if (allowed === true) return {};
    return allowed === false
      ? { disabled: true, reason: t('common.missingPermission', { action }) }
      : { disabled: true };
  };
  const edit = needs('tree.edit');
  const add = edit.disabled !== true && node.isLeaf ? { disabled: true, reason: t('tree.leafReason') } : edit;
  const run = needs('task.run');
  return [
    {
      label: t('tree.addChild'),
      icon: CornerDownRight,
      onselect: () => (desk.dialog = { is: 'add', parent: node }),
      ...add,
    },
    { label: t('tree.rename'), icon: Pencil, shortcut: 'F2', onselect: () => deeds.rename(node), ...edit },
    { label: t('tree.move'), icon: FolderInput, onselect: () => (desk.dialog = { is: 'move', node }), ...edit },
    { label: t('tree.copyPath'), icon: Copy, separator: true, onselect: () => deeds.copyPath(node) },
    {
      label: t('tree.runTask'),
      icon: Play,
      ...(run.disabled === true ? {} : { href: routeFor.newTask({ node: node.path }) }),
      ...run,
    },
    {
      label: t('tree.deleteNode'),
      icon: Trash2,
      separator: true,
      danger: true,
      shortcut: 'Del',
      onselect: () => (desk.dialog = { is: 'delete', node }),
      ...edit,
    },
  ];
}
