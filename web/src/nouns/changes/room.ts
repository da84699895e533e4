import type { Room } from '#web/lib/room.ts';

/** Changes are seen on the pages of tickets, tasks and nodes. */
export const changeRoom = {
  rights: { 'policy.edit': { en: 'Set policies of approval', zh: '设置审批策略' } },
} as const satisfies Room;
