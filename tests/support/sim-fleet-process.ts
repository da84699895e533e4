import { createSimAgent, type SimAgent } from './sim-agent.ts';
import type { SimIdentity } from './sim-enrol.ts';

/** What the test asks of the process that plays its simulated agents. `names` absent: all of them. */
export type FleetRequest =
  | { readonly ask: 'add'; readonly identities: readonly SimIdentity[]; readonly servers: readonly string[] }
  | { readonly ask: 'runMs'; readonly least: number; readonly most: number }
  | { readonly ask: 'servers'; readonly servers: readonly string[]; readonly names?: readonly string[] }
  | { readonly ask: 'reconnect' | 'crash' | 'start' | 'wipe'; readonly names?: readonly string[] }
  | { readonly ask: 'journal' | 'connected' };

/** Every request is answered, in order. */
export interface FleetAnswer {
  readonly journal?: readonly string[];
  readonly connected?: number;
}

const agents = new Map<string, SimAgent>();
let least = 0;
let most = 50;
const chosen = (names: readonly string[] | undefined): SimAgent[] =>
  names === undefined ? [...agents.values()] : names.flatMap((name) => agents.get(name) ?? []);

function obey(request: FleetRequest): FleetAnswer {
  switch (request.ask) {
    case 'add':
      for (const identity of request.identities) {
        const agent = createSimAgent(identity, {
          servers: request.servers,
          play: { runMs: () => least + Math.random() * (most - least) },
        });
        agents.set(identity.name, agent);
        agent.start();
      }
      return {};
    case 'runMs':
      ({ least, most } = request);
      return {};
    case 'servers':
      for (const agent of chosen(request.names)) agent.setServers(request.servers);
      return {};
    case 'reconnect':
      for (const agent of chosen(request.names)) agent.reconnect();
      return {};
    case 'crash':
      for (const agent of chosen(request.names)) agent.crash();
      return {};
    case 'start':
      for (const agent of chosen(request.names)) agent.start();
      return {};
    case 'wipe':
      for (const agent of chosen(request.names)) agent.spool.wipe();
      return {};
    case 'journal':
      return { journal: [...agents.values()].flatMap(({ spool }) => spool.journal) };
    case 'connected':
      return { connected: [...agents.values()].filter((agent) => agent.connected()).length };
  }
}

process.on('message', (request: FleetRequest) => process.send?.(obey(request)));
process.on('disconnect', () => process.exit(0));
