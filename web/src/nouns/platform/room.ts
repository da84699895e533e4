import Activity from '@lucide/svelte/icons/activity';
import BookOpen from '@lucide/svelte/icons/book-open';
import House from '@lucide/svelte/icons/house';
import type { Room } from '#web/lib/room.ts';

const routes = {
  home: () => '/',
  status: () => '/admin/status',
  apiDocs: () => '/api-docs',
};

export const platformRoom = {
  routes,
  messages: {
    home: { en: () => import('./messages/home.en.ts'), zh: () => import('./messages/home.zh.ts') },
    status: { en: () => import('./messages/status.en.ts'), zh: () => import('./messages/status.zh.ts') },
    apiDocs: { en: () => import('./messages/api-docs.en.ts'), zh: () => import('./messages/api-docs.zh.ts') },
  },
  places: [
    {
      name: 'home',
      label: { en: 'Home', zh: '首页' },
      icon: House,
      href: routes.home(),
      group: 'daily',
      order: 10,
      keys: 'g h',
    },
    {
      name: 'status',
      label: { en: 'Status', zh: '平台状态' },
      icon: Activity,
      href: routes.status(),
      group: 'admin',
      order: 40,
      needs: 'platform.view',
    },
    {
      name: 'apiDocs',
      label: { en: 'API docs', zh: 'API 文档' },
      icon: BookOpen,
      href: routes.apiDocs(),
      group: 'help',
      order: 10,
    },
  ],
  rights: { 'platform.view': { en: 'See the state of the platform', zh: '查看平台状态' } },
} as const satisfies Room;
