import ScrollText from '@lucide/svelte/icons/scroll-text';
import { type Query, withQuery } from '#web/lib/api/http.ts';
import type { Room } from '#web/lib/room.ts';

const routes = {
  audit: (query: Query = {}) => withQuery('/admin/audit', query),
};

export const auditRoom = {
  routes,
  messages: { audit: { en: () => import('./messages/audit.en.ts'), zh: () => import('./messages/audit.zh.ts') } },
  places: [
    {
      name: 'audit',
      label: { en: 'Audit', zh: '审计' },
      icon: ScrollText,
      href: routes.audit(),
      group: 'admin',
      order: 30,
      needs: 'audit.view',
    },
  ],
  rights: { 'audit.view': { en: 'Read the audit', zh: '查看审计' } },
} as const satisfies Room;
