import { t } from '#web/lib/i18n/index.svelte.ts';
import { routeFor } from '#web/lib/route-for.ts';
import { useNodeDesk } from './node-desk.svelte.ts';
import { parentPath, pathsTo } from '#web/nouns/tree/node-path.ts';
import type { TreeRow } from '#web/nouns/tree/tree-rows.ts';

/** The path above a node as breadcrumbs; what the tree has loaded and may be seen has an address. */
export function useNodeCrumbs(path: () => string | undefined): () => { label: string; href?: string }[] {
  const { tree } = useNodeDesk();
  const crumbs = $derived([
    { label: t('tree.pane'), href: routeFor.tree() },
    ...pathsTo(parentPath(path() ?? '')).map((above) => crumb(above, tree.rows)),
  ]);
  return () => crumbs;
}

function crumb(path: string, rows: readonly TreeRow[]): { label: string; href?: string } {
  const label = path.slice(path.lastIndexOf('.') + 1);
  const row = rows.find((one) => one.is === 'node' && one.node.path === path);
  return row?.is === 'node' && row.node.visible ? { label, href: routeFor.tree(row.node.id) } : { label };
}
