import type { NodeDetail } from '#api/tree/tree.contract.ts';
import { type RealAgent, addAgent } from '#tests/support/platform-agents.ts';
import type { Platform } from '#tests/support/platform.ts';

/** Places of a company that sells things on the web, with what they are. */
const nodes: readonly (readonly [path: string, icon: string, description: string])[] = [
  ['infra', 'room', 'What everybody else stands on'],
  ['infra.dns', 'network', 'Resolvers of both sites'],
  ['infra.kubernetes', 'cluster', 'Three clusters'],
  ['infra.storage', 'storage', 'Object store and backups'],
  ['office', 'team', 'Laptops, printers, meeting rooms'],
  ['shop', 'company', 'All that customers see'],
  ['shop.checkout', 'service', 'Carts and payments; every change needs an approval'],
  ['shop.orders', 'database', 'PostgreSQL of the orders'],
  ['shop.orders.primary', 'database', ''],
  ['shop.orders.replica', 'database', ''],
  ['shop.search', 'service', 'Product search'],
  ['shop.web', 'service', 'Storefront behind the load balancer'],
  ['shop.web.canary', 'cluster', 'Gets every release a day earlier'],
  ['shop.web.live', 'cluster', 'Takes the traffic'],
];

const machines: Readonly<Record<string, readonly string[]>> = {
  'shop.web.live': numbered('web', 12),
  'shop.web.canary': ['canary-01'],
  'shop.checkout': numbered('pay', 2),
  'shop.orders.primary': ['db-01'],
};

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${String(index + 1).padStart(2, '0')}`);
}

/** A small company on a platform: its tree, and an agent for each of its machines. */
export interface ExampleCompany {
  /** Ids of nodes by their full names. */
  readonly nodes: ReadonlyMap<string, string>;
  readonly machines: Readonly<Record<string, readonly string[]>>;
  leave(): Promise<void>;
}

/**
 * Builds it. Addresses are put into the ledger, since all agents really have that of this machine. Each agent runs under a host name of its own (`unshare --uts`, which
 * root may).
 */
export async function foundCompany(platform: Platform): Promise<ExampleCompany> {
  await platform.api.request('DELETE', '/api/v1/nodes/demo?cascade=true');
  const ids = new Map<string, string>();
  for (const [path, icon, description] of nodes) {
    const node = await platform.api.post<NodeDetail>('/api/v1/nodes', { path, icon, description });
    ids.set(path, node.id);
  }
  const agents: RealAgent[] = [];
  for (const [node, names] of Object.entries(machines)) {
    for (const name of names) agents.push(await addAgent(platform, name, { node, wrapper: () => named(name) }));
  }
  for (const [index, name] of Object.values(machines).flat().entries()) {
    const address = `10.20.${1 + (index % 2)}.${11 + index}`;
    await platform.database.db.updateTable('machine').set({ address }).where('name', '=', name).execute();
  }
  const leave = async () => void (await Promise.all(agents.map((agent) => agent.stop())));
  return { nodes: ids, machines, leave };
}

/** The host name is the agent's own; no other process of this machine sees it. */
function named(name: string): readonly string[] {
  return ['unshare', '--uts', 'sh', '-c', 'hostname "$0" && exec "$@"', name];
}
