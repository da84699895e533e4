import CalendarClock from '@lucide/svelte/icons/calendar-clock';
import type { AnnouncementWords, Room } from '#web/lib/room.ts';
import { scheduleRoutes } from './routes.ts';

const toSchedule =
  (state: 'missed' | 'refused'): AnnouncementWords['href'] =>
  ({ subject: { noun, id } }) =>
    noun === 'schedule' ? scheduleRoutes.schedule(id, { state }) : scheduleRoutes.schedules();

export const scheduleRoom = {
  routes: scheduleRoutes,
  messages: {
    schedules: { en: () => import('./messages/schedules.en.ts'), zh: () => import('./messages/schedules.zh.ts') },
  },
  places: [
    {
      name: 'schedules',
      label: { en: 'Schedules', zh: '定时计划' },
      icon: CalendarClock,
      href: scheduleRoutes.schedules(),
      group: 'daily',
      order: 45,
      keys: 'g c',
    },
  ],
  searches: [
    {
      name: 'schedules',
      label: { en: 'Schedules', zh: '定时计划' },
      icon: CalendarClock,
      find: async (q, limit) => {
        const { schedules } = await import('./client.ts');
        return (await schedules.list({ q, limit })).items.map(({ id, name, cron }) => ({
          id: `schedule:${id}`,
          label: name,
          href: scheduleRoutes.schedule(id),
          detail: cron,
        }));
      },
    },
  ],
  commands: [
    {
      name: 'schedule',
      label: { en: 'New schedule', zh: '新建定时计划' },
      href: scheduleRoutes.newSchedule(),
      needs: 'schedule.edit',
      orAnyGrant: true,
    },
  ],
  announcements: {
    'schedule.refused': {
      told: { en: 'Your schedule was refused', zh: '您的定时计划被拒绝' },
      event: { en: 'Schedule refused', zh: '定时计划被拒绝' },
      href: toSchedule('refused'),
    },
    'schedule.missed': {
      told: { en: 'Your schedule missed its time', zh: '您的定时计划错过了触发时间' },
      event: { en: 'Schedule missed', zh: '定时计划错过触发' },
      href: toSchedule('missed'),
    },
  },
  rights: {
    'schedule.view': { en: 'See schedules', zh: '查看定时计划' },
    'schedule.edit': { en: 'Make, edit and run schedules', zh: '创建、编辑和执行定时计划' },
  },
} as const satisfies Room;
