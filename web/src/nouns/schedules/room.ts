import type { Room } from '#web/lib/room.ts';

export const scheduleRoom = {
  announcements: {
    'schedule.refused': {
      told: { en: 'Your schedule was refused', zh: '您的定时计划被拒绝' },
      event: { en: 'Schedule refused', zh: '定时计划被拒绝' },
      href: () => '/tasks',
    },
    'schedule.missed': {
      told: { en: 'Your schedule missed its time', zh: '您的定时计划错过了触发时间' },
      event: { en: 'Schedule missed', zh: '定时计划错过触发' },
      href: () => '/tasks',
    },
  },
  rights: {
    'schedule.view': { en: 'See schedules', zh: '查看定时计划' },
    'schedule.edit': { en: 'Make, edit and run schedules', zh: '创建、编辑和执行定时计划' },
  },
} as const satisfies Room;
