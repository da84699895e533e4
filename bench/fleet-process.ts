import { type RunCommand, Output } from '#proto/gen/agent.ts';
import { createSimAgent, type SimAgent } from '#tests/support/sim-agent.ts';
import type { SimIdentity } from '#tests/support/sim-enrol.ts';

/** What the benchmark asks of its simulated agents; each is answered, in order. */
export type FleetRequest =
  | { readonly ask: 'add'; readonly identities: readonly SimIdentity[]; readonly servers: readonly string[] }
  | { readonly ask: 'report' };

export interface FleetReport {
  readonly connected: number;
  /** Runs executed since the start, and how many of them were different ones. */
  readonly executed: number;
  readonly distinct: number;
}

const agents: SimAgent[] = [];

/** What `hostname` would print there, at once. */
const play = (name: string) => ({
  runMs: 0,
  result: (_command: RunCommand) => {
    const head = Buffer.from(`${name}\n`);
    return { stdout: Output.fromPartial({ head, totalBytes: head.length }) };
  },
});

function answer(request: FleetRequest): FleetReport {
  if (request.ask === 'add') {
    for (const identity of request.identities) {
      const agent = createSimAgent(identity, { servers: request.servers, play: play(identity.name) });
      agents.push(agent);
      agent.start();
    }
  }
  const journal = agents.flatMap(({ spool }) => spool.journal);
  return {
    connected: agents.filter((agent) => agent.connected()).length,
    executed: journal.length,
    distinct: new Set(journal).size,
  };
}

process.on('message', (request: FleetRequest) => process.send?.(answer(request)));
process.on('disconnect', () => process.exit(0));
