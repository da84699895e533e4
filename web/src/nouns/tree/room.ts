import ListTree from '@lucide/svelte/icons/list-tree';
import type { Room } from '#web/lib/room.ts';
import { treeRoutes } from './routes.ts';

export const treeRoom = {
  routes: treeRoutes,
  messages: { tree: { en: () => import('./messages/tree.en.ts'), zh: () => import('./messages/tree.zh.ts') } },
  places: [
    {
      name: 'tree',
      label: { en: 'Service tree', zh: '服务树' },
      icon: ListTree,
      href: treeRoutes.tree(),
      group: 'daily',
      order: 20,
      keys: 'g t',
    },
  ],
  searches: [
    {
      name: 'nodes',
      label: { en: 'Nodes', zh: '节点' },
      icon: ListTree,
      find: async (q, limit) => {
        const { tree } = await import('./client.ts');
        return (await tree.list({ q, limit })).items.map(({ id, path }) => ({
          id: `node:${id}`,
          label: path,
          href: treeRoutes.tree(id),
        }));
      },
    },
  ],
  rights: {
    'tree.view': { en: 'See nodes and their machines', zh: '查看节点及其主机' },
    'tree.edit': { en: 'Create, rename, move and delete nodes', zh: '新建、改名、移动、删除节点' },
    'tree.bind': { en: 'Bind and unbind machines', zh: '绑定和解绑主机' },
    'tree.grant': { en: 'Grant roles on nodes', zh: '授予节点角色' },
  },
} as const satisfies Room;
