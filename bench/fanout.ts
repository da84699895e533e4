import { openTemporalClient } from '#platform/temporal.ts';
import type { Platform } from '#tests/support/platform.ts';
import { startBenchPlatform } from './bench-platform.ts';
import { type Fleet, type FleetSessions, startFleet } from './fleet.ts';
import { type LedgerRows, countLedgerRows, rowsPerTask } from './ledger-writes.ts';
import { cpuLimitSeconds, fanoutLimitSeconds, historyEventLimit, type Limited, limited } from './limits.ts';
import { createUsageMeter, type ProcessUsage } from './process-usage.ts';
import { median, round, type Timing, timing } from './statistics.ts';
import { openTaskClock, type TimedTask } from './task-clock.ts';
import { readWorkflowHistory } from './workflow-history.ts';

/** One command on many simulated hosts, several times over. */
export interface FanoutFigures {
  readonly hosts: number;
  readonly sessions: FleetSessions;
  readonly concurrency: number;
  readonly command: readonly string[];
  /** From the API call to the event that says that the task has ended. */
  readonly seconds: Timing;
  readonly p50: Limited;
  readonly hostsPerSecond: number;
  readonly submitSeconds: Timing;
  /** The longest history of the runs. */
  readonly historyEvents: Limited;
  /** CPU of the controlling side (all but the simulated agents) for each 1,000 hosts. */
  readonly cpuPerThousand: Limited;
  readonly historyBytes: number;
  readonly rowsPerTask: LedgerRows;
  /** Memory after the last run; CPU over all runs. */
  readonly processes: readonly ProcessUsage[];
  readonly agentsConnectedInSeconds: number;
}

export interface FanoutOptions {
  readonly hosts: number;
  readonly sessions: FleetSessions;
  /** Hosts in flight at once; each is a series of its own on the same platform. */
  readonly concurrencies: readonly number[];
  readonly runs: number;
  /** Settings of the platform's processes (such as NODE_OPTIONS for a profile). */
  readonly env?: Record<string, string>;
}

const command = ['hostname'];
const node = 'bench.fanout';
const withinMs = 600_000;

/** How the process with the agents is called; sessions in process are a gateway's, and count with it. */
const fleetRole = (sessions: FleetSessions) => (sessions === 'connected' ? 'simulated agents' : 'gateway in process');

/** Starts a whole platform of its own (as `npm start` does), connects the agents, and measures. */
export async function measureFanout(options: FanoutOptions): Promise<FanoutFigures[]> {
  console.error(`fan-out: starting a platform for ${options.hosts} simulated agents (${options.sessions})`);
  const platform = await startBenchPlatform(options.env);
  let fleet: Fleet | undefined;
  try {
    fleet = await startFleet(platform, options.hosts, options.sessions);
    console.error(`fan-out: ${options.hosts} agents connected in ${fleet.connectSeconds.toFixed(1)} s`);
    await platform.api.post('/api/v1/nodes', { path: node });
    for (let first = 0; first < fleet.names.length; first += 1_000) {
      await platform.api.post(`/api/v1/nodes/${node}/bind`, { machines: fleet.names.slice(first, first + 1_000) });
    }
    const figures: FanoutFigures[] = [];
    for (const concurrency of options.concurrencies) {
      figures.push(await measureSeries(platform, fleet, { ...options, concurrency }));
    }
    return figures;
  } catch (error) {
    console.error(platform.evidence());
    throw error;
  } finally {
    await fleet?.stop();
    await platform.remove();
  }
}

async function measureSeries(
  platform: Platform,
  fleet: Fleet,
  { hosts, runs, concurrency, sessions }: FanoutOptions & { readonly concurrency: number },
): Promise<FanoutFigures> {
  const { db } = platform.database;
  const temporal = openTemporalClient({ address: platform.temporalAddress(), namespace: 'default' });
  const clock = await openTaskClock(platform, { withinMs });
  try {
    const { agent: _ownAgent, ...roles } = platform.pids();
    const meter = createUsageMeter({ ...roles, [fleetRole(sessions)]: fleet.pid });
    const executedBefore = (await fleet.report()).executed;
    const rowsBefore = await countLedgerRows(db);
    meter.reset();
    const timed: TimedTask[] = [];
    for (let run = 1; run <= runs; run++) {
      const one = await clock.run({ target: { node }, command, strategy: { concurrency } });
      console.error(`  run ${run} of ${runs}: ${hosts} hosts, concurrency ${concurrency}: ${one.seconds.toFixed(2)} s`);
      timed.push(one);
    }
    const processes = meter.read();
    const { executed, distinct } = await fleet.report();
    if (executed - executedBefore !== hosts * runs || distinct !== executed) {
      throw new Error(`${hosts * runs} runs were asked for, ${executed - executedBefore} were executed`);
    }
    const rows = rowsPerTask(rowsBefore, await countLedgerRows(db), runs);
    const histories = await Promise.all(timed.map(({ task }) => readWorkflowHistory(temporal.client, task.id)));
    const seconds = timing(timed.map((one) => one.seconds));
    const controlling = processes.filter(({ role }) => role !== fleetRole('connected'));
    const cpuSeconds = controlling.reduce((sum, each) => sum + each.cpuSeconds, 0);
    return {
      hosts,
      sessions,
      concurrency,
      command,
      seconds,
      p50: limited(seconds.p50, fanoutLimitSeconds(hosts, concurrency)),
      hostsPerSecond: Math.round(hosts / seconds.p50),
      submitSeconds: timing(timed.map((one) => one.submitSeconds)),
      historyEvents: limited(Math.max(...histories.map(({ events }) => events)), historyEventLimit),
      cpuPerThousand: limited(round((cpuSeconds * 1000) / (hosts * runs), 2), cpuLimitSeconds(concurrency)),
      historyBytes: Math.round(median(histories.map(({ bytes }) => bytes))),
      rowsPerTask: rows,
      processes,
      agentsConnectedInSeconds: round(fleet.connectSeconds, 1),
    };
  } finally {
    await clock.close();
    await temporal.close();
  }
}
