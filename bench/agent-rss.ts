import { setTimeout as sleep } from 'node:timers/promises';
import { addAgent, type RealAgent } from '#tests/support/platform-agents.ts';
import type { Platform } from '#tests/support/platform.ts';
import { startBenchPlatform } from './bench-platform.ts';
import { agentRssLimitMiB, type Limited, limited } from './limits.ts';
import { rssMiB } from './process-usage.ts';

/** Memory of the packed agent that is connected and has nothing to do. */
export interface AgentRssFigures {
  readonly connectedForSeconds: number;
  readonly rssMiB: Limited;
  /** After one run of `hostname` on top, and the same wait again. */
  readonly afterOneRunMiB: number;
}

const node = 'bench.idle';

export async function measureAgentRss(options: { seconds: number }): Promise<AgentRssFigures> {
  console.error(`agent-rss: one packed agent, connected for ${options.seconds} s, twice`);
  const platform = await startBenchPlatform();
  try {
    await platform.api.post('/api/v1/nodes', { path: node });
    const agent = await addAgent(platform, 'idle-1', { node });
    return await measure(platform, agent, options.seconds).catch((error: unknown) => {
      console.error(agent.log());
      throw error;
    });
  } finally {
    await platform.remove();
  }
}

async function measure(platform: Platform, agent: RealAgent, seconds: number): Promise<AgentRssFigures> {
  await sleep(seconds * 1000);
  const idle = rssMiB(agent.pid());
  const { code, stderr } = await platform.cli(['task', 'run', '--node', node, '--wait', '--', 'hostname']);
  if (code !== 0) throw new Error(`the run failed: ${stderr}`);
  await sleep(seconds * 1000);
  const afterOneRunMiB = rssMiB(agent.pid());
  await agent.stop();
  return { connectedForSeconds: seconds, rssMiB: limited(idle, agentRssLimitMiB), afterOneRunMiB };
}
