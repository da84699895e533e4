import type { CliRoom } from '../kernel/room.ts';
import { addScheduleCommands } from './schedule.commands.ts';
import { createSchedulesClient } from './schedules.client.ts';

/** Schedules. */
export const scheduleRoom = {
  add: addScheduleCommands,
  takePassthrough: ['schedule create'],
  things: {
    schedules: {
      async lookUp(context, { q, limit }) {
        const schedules = await createSchedulesClient(context.http()).list({ q }, limit);
        return schedules.map(({ name, cron }) => ({ value: name, about: cron }));
      },
    },
  },
  meant: { schedule: 'schedules', '--belongs-to': 'nodes' },
  optionOfField: { catchUpMs: '--catch-up' },
} as const satisfies CliRoom;
