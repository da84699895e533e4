import Inbox from '@lucide/svelte/icons/inbox';
import type { Room } from '#web/lib/room.ts';
import { ticketAnnouncements } from './announcement-words.ts';
import { ticketRoutes } from './routes.ts';

const countedRows = 100;

export const ticketRoom = {
  routes: ticketRoutes,
  messages: {
    tickets: { en: () => import('./messages/tickets.en.ts'), zh: () => import('./messages/tickets.zh.ts') },
  },
  places: [
    {
      name: 'inbox',
      label: { en: 'Inbox', zh: '收件箱' },
      icon: Inbox,
      href: ticketRoutes.inbox(),
      group: 'daily',
      order: 50,
      keys: 'g i',
      also: '/tickets/',
      waiting: {
        label: { en: '{n} ticket to decide|{n} tickets to decide', zh: '{n} 个工单待审批' },
        queryKey: ['tickets', 'to-decide', 'count'],
        load: async () => {
          const { tickets } = await import('./client.ts');
          return tickets.list({ scope: 'to-decide', limit: countedRows });
        },
        topics: ['inbox', 'tickets'],
      },
    },
  ],
  rights: { 'ticket.view': { en: 'See tickets', zh: '查看工单' } },
  kinds: {
    'manual.step': {
      one: { en: 'Manual step', zh: '人工操作' },
      all: { en: 'Manual steps', zh: '人工步骤' },
      hint: { en: 'Changes that a person makes and reports on', zh: '由人完成并反馈结果的变更' },
    },
  },
  announcements: ticketAnnouncements,
} as const satisfies Room;
