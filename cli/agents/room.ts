import type { CliRoom } from '../kernel/room.ts';
import { addAgentCommands } from './agent.commands.ts';
import { createAgentsClient } from './agents.client.ts';

/** Agents and machines. */
export const agentRoom = {
  add: addAgentCommands,
  things: {
    hosts: {
      joinedByCommas: true,
      async lookUp(context, { q, limit }) {
        const agents = await createAgentsClient(context.http()).list({ q, limit });
        return agents.map(({ name, state }) => ({ value: name, about: state }));
      },
    },
  },
  meant: { agent: 'hosts', machine: 'hosts', host: 'hosts', '--host': 'hosts' },
  optionOfField: { hosts: '--host', agentName: '--name' },
} as const satisfies CliRoom;
