import Webhook from '@lucide/svelte/icons/webhook';
import { type Query, withQuery } from '#web/lib/api/http.ts';
import type { Room } from '#web/lib/room.ts';

const routes = {
  webhooks: (query: Query = {}) => withQuery('/admin/webhooks', query),
};

export const notificationRoom = {
  routes,
  messages: {
    webhooks: { en: () => import('./messages/webhooks.en.ts'), zh: () => import('./messages/webhooks.zh.ts') },
  },
  places: [
    {
      name: 'webhooks',
      label: { en: 'Webhooks', zh: 'Webhook' },
      icon: Webhook,
      href: routes.webhooks(),
      group: 'admin',
      order: 20,
      needs: 'webhook.manage',
    },
  ],
  rights: { 'webhook.manage': { en: 'Manage webhooks', zh: '管理 Webhook' } },
} as const satisfies Room;
