import { performance } from 'node:perf_hooks';
import { addAgent, type RealAgent } from '#tests/support/platform-agents.ts';
import type { Platform } from '#tests/support/platform.ts';
import { startBenchPlatform } from './bench-platform.ts';
import { measureClush, type PeerOutcome } from './peers/clush.ts';
import { round, type Timing, timing } from './statistics.ts';
import { openTaskClock } from './task-clock.ts';

/** The same command on as many real agents and through clush over ssh, on one machine and one after the other. */
export interface ComparisonFigures {
  readonly command: readonly string[];
  readonly hosts: number;
  /** From the API call to the event that says that the task has ended. */
  readonly api: Timing;
  /** `signalbox task run --wait`, the whole command. */
  readonly cli: Timing;
  readonly clush: PeerOutcome;
  /** Medians, how many times as long as clush; null where the peer was left out. Below 1: faster than clush. */
  readonly ratio: Readonly<Record<'apiToCold' | 'apiToWarm' | 'cliToCold' | 'cliToWarm', number>> | null;
}

const command = ['hostname'];
const node = 'bench.real';

export async function measureComparison(options: {
  hosts: number;
  runs: number;
  env: Readonly<Record<string, string | undefined>>;
}): Promise<ComparisonFigures> {
  const { hosts, runs, env } = options;
  console.error(`comparison: starting a platform with ${hosts} real agents`);
  const platform = await startBenchPlatform();
  const agents: RealAgent[] = [];
  try {
    await platform.api.post('/api/v1/nodes', { path: node });
    for (let first = 1; first <= hosts; first++) {
      agents.push(await addAgent(platform, `real-${String(first).padStart(2, '0')}`, { node }));
    }
    const api = await timeApi(platform, runs);
    const cli = await timeCli(platform, runs);
    console.error(`comparison: the same through clush over ssh`);
    const clush = await measureClush({ command, hosts, runs, env });
    const to = (mine: Timing, other: Timing) => round(mine.p50 / other.p50, 2);
    const ratio =
      'leftOut' in clush
        ? null
        : {
            apiToCold: to(api, clush.cold),
            apiToWarm: to(api, clush.warm),
            cliToCold: to(cli, clush.cold),
            cliToWarm: to(cli, clush.warm),
          };
    return { command, hosts, api, cli, clush, ratio };
  } catch (error) {
    console.error(platform.evidence());
    throw error;
  } finally {
    await Promise.all(agents.map((agent) => agent.stop()));
    await platform.remove();
  }
}

async function timeApi(platform: Platform, runs: number): Promise<Timing> {
  const clock = await openTaskClock(platform, { withinMs: 60_000 });
  try {
    const seconds: number[] = [];
    for (let run = 0; run < runs; run++) seconds.push((await clock.run({ target: { node }, command })).seconds);
    return timing(seconds);
  } finally {
    await clock.close();
  }
}

async function timeCli(platform: Platform, runs: number): Promise<Timing> {
  const seconds: number[] = [];
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    const args = ['task', 'run', '--node', node, '--wait', '-o', 'json', '--', ...command];
    const { code, stdout, stderr } = await platform.cli(args);
    if (code !== 0) throw new Error(`signalbox ${args.join(' ')}: exit ${code}: ${stderr || stdout}`);
    seconds.push((performance.now() - started) / 1000);
  }
  return timing(seconds);
}
