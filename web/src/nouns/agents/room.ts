import Monitor from '@lucide/svelte/icons/monitor';
import Server from '@lucide/svelte/icons/server';
import type { Room } from '#web/lib/room.ts';
import { agentRoutes } from './routes.ts';

export const agentRoom = {
  routes: agentRoutes,
  messages: {
    agents: { en: () => import('./messages/agents.en.ts'), zh: () => import('./messages/agents.zh.ts') },
  },
  places: [
    {
      name: 'agents',
      label: { en: 'Agents', zh: 'Agent' },
      icon: Server,
      href: agentRoutes.agents(),
      group: 'daily',
      order: 60,
      needs: 'agent.view',
    },
  ],
  searches: [
    {
      name: 'machines',
      label: { en: 'Machines', zh: '主机' },
      icon: Monitor,
      find: async (q, limit) => {
        const { tree } = await import('#web/nouns/tree/client.ts');
        return (await tree.allMachines({ q, limit })).items.map((machine) => ({
          id: `machine:${machine.id}`,
          label: machine.name,
          href: agentRoutes.agents({ q: machine.name }),
          detail: [machine.address, ...machine.nodes.slice(0, 1)].join(' · '),
        }));
      },
    },
  ],
  commands: [
    {
      name: 'agent',
      label: { en: 'Add an agent', zh: '接入 Agent' },
      href: agentRoutes.agents({ add: '1' }),
      needs: 'agent.manage',
    },
  ],
  rights: {
    'agent.view': { en: 'See agents', zh: '查看 Agent' },
    'agent.manage': { en: 'Add and revoke agents', zh: '添加和吊销 Agent' },
  },
} as const satisfies Room;
