import type { Agent } from '#web/nouns/agents/client.ts';
import { tree } from '#web/nouns/tree/client.ts';

/** Full names of the nodes that an agent's machine is bound to, as far as they can be seen. */
export async function nodesOf(agent: Agent): Promise<readonly string[]> {
  const page = await tree.allMachines({ q: agent.name, limit: 500 });
  return page.items.find((machine) => machine.id === agent.machineId)?.nodes ?? [];
}
