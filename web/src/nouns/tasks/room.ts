import SquareTerminal from '@lucide/svelte/icons/square-terminal';
import type { Room } from '#web/lib/room.ts';
import { taskRoutes } from './routes.ts';

export const taskRoom = {
  routes: taskRoutes,
  messages: {
    tasks: { en: () => import('./messages/tasks.en.ts'), zh: () => import('./messages/tasks.zh.ts') },
    newTask: { en: () => import('./messages/new-task.en.ts'), zh: () => import('./messages/new-task.zh.ts') },
  },
  places: [
    {
      name: 'tasks',
      label: { en: 'Tasks', zh: '任务' },
      icon: SquareTerminal,
      href: taskRoutes.tasks(),
      group: 'daily',
      order: 40,
      keys: 'g k',
    },
  ],
  searches: [
    {
      name: 'tasks',
      label: { en: 'Tasks', zh: '任务' },
      icon: SquareTerminal,
      find: async (q, limit) => {
        const { tasks } = await import('./client.ts');
        return (await tasks.list({ q, limit })).items.map(({ id, title, requester }) => ({
          id: `task:${id}`,
          label: title,
          href: taskRoutes.task(id),
          detail: requester,
        }));
      },
    },
  ],
  commands: [
    {
      name: 'task',
      label: { en: 'New task', zh: '新建任务' },
      href: taskRoutes.newTask(),
      needs: 'task.run',
      orAnyGrant: true,
    },
  ],
  rights: {
    'task.view': { en: 'See tasks and their output', zh: '查看任务及其输出' },
    'task.run': { en: 'Run, pause, continue, kill and retry tasks', zh: '执行、暂停、继续、终止、重试任务' },
  },
  kinds: {
    'task.run': {
      one: { en: 'Run a task', zh: '执行任务' },
      all: { en: 'Run tasks', zh: '执行任务' },
      hint: { en: 'Scripts and commands on the machines of this node', zh: '在此节点的主机上执行脚本和命令' },
    },
  },
} as const satisfies Room;
