import type { CliRoom } from '../kernel/room.ts';
import { addTaskCommands } from './task.commands.ts';
import { createTasksClient } from './tasks.client.ts';

/** Ids say nothing to people: few are offered, the newest. */
const newest = 20;

/** Tasks. */
export const taskRoom = {
  add: addTaskCommands,
  takePassthrough: ['task run'],
  things: {
    tasks: {
      async lookUp(context) {
        const tasks = await createTasksClient(context.http(), context.io.interrupted).list({}, newest);
        return tasks.map(({ id, state, title }) => ({ value: id, about: `${state} ${title}` }));
      },
    },
  },
  meant: { task: 'tasks', '--requester': 'users' },
  optionOfField: { onError: '--on-error', runAs: '--run-as', workDir: '--work-dir', args: '--arg' },
} as const satisfies CliRoom;
