import { fork } from 'node:child_process';
import { join } from 'node:path';
import { openCertificateAuthority } from '#gateway/pki/certificate-authority.ts';
import { eventually } from '#tests/support/eventually.ts';
import { dataFolder } from '#processes/supervisor/data-folder.ts';
import { readPorts } from '#processes/supervisor/ports.ts';
import { databaseUrl } from '#processes/supervisor/postgres-cluster.ts';
import type { Platform } from '#tests/support/platform.ts';
import { issueSims } from '#tests/support/sim-enrol.ts';
import type { FleetReport, FleetRequest } from './fleet-process.ts';

/** Simulated agents in one process of their own: the real protocol over real mTLS, an instant `hostname`. */
export interface Fleet {
  readonly names: readonly string[];
  readonly pid: number;
  /** Until the last of them was connected. */
  readonly connectSeconds: number;
  report(): Promise<FleetReport>;
  stop(): Promise<void>;
}

/** Where the agents of a fleet live: each behind a connection of its own, or as functions inside of a gateway. */
export type FleetSessions = 'connected' | 'in-process';

/** Agents that begin to connect at the same time. */
const wave = 250;

interface FleetChild<Request> {
  readonly pid: number;
  readonly ask: (request: Request) => Promise<FleetReport>;
  readonly next: () => Promise<FleetReport>;
  readonly stop: () => Promise<void>;
}

function forkFleet<Request extends { readonly ask: string }>(
  file: string,
  args: readonly string[],
): FleetChild<Request> {
  const child = fork(join(import.meta.dirname, file), args, {
    execArgv: ['--disable-warning=ExperimentalWarning', '--max-old-space-size=8192'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('the process of the simulated agents did not start');
  const waiting: { resolve: (report: FleetReport) => void; reject: (error: Error) => void }[] = [];
  child.on('message', (report: FleetReport) => waiting.shift()?.resolve(report));
  child.on('exit', (code, signal) => {
    const error = new Error(`the process of the simulated agents ended: ${code ?? signal}`);
    for (const { reject } of waiting.splice(0)) reject(error);
  });
  const next = () => new Promise<FleetReport>((resolve, reject) => waiting.push({ resolve, reject }));
  return {
    pid,
    next,
    ask(request) {
      const answer = next();
      child.send(request);
      return answer;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Enrols agents straight in the ledger, and waits until all are connected. */
export function startFleet(platform: Platform, count: number, sessions: FleetSessions = 'connected'): Promise<Fleet> {
  return sessions === 'connected' ? connectFleet(platform, count) : startInProcess(platform, count);
}

async function connectFleet(platform: Platform, count: number): Promise<Fleet> {
  const authority = await openCertificateAuthority(join(platform.data, 'keys', 'ca'));
  const identities = await issueSims(platform.database.db, authority, { count, prefix: 'sim-' });
  const { pid, ask, stop } = forkFleet<FleetRequest>('fleet-process.ts', [platform.folder]);
  const begun = performance.now();
  try {
    for (let first = 0; first < count; first += wave) {
      const some = identities.slice(first, first + wave);
      await ask({ ask: 'add', identities: some, servers: [platform.gatewayAddress()] });
      await eventually(
        `${first + some.length} simulated agents are connected`,
        async () => (await ask({ ask: 'report' })).connected === first + some.length,
        { withinMs: 120_000, everyMs: 100 },
      );
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    names: identities.map(({ name }) => name),
    pid,
    connectSeconds: (performance.now() - begun) / 1000,
    report: () => ask({ ask: 'report' }),
    stop,
  };
}

async function startInProcess(platform: Platform, count: number): Promise<Fleet> {
  const paths = dataFolder(platform.data);
  const url = databaseUrl(paths, readPorts(paths.ports)?.postgres ?? 0);
  const begun = performance.now();
  const child = forkFleet<{ ask: 'report' }>('in-process-gateway.ts', [url, platform.temporalAddress(), String(count)]);
  const { connected } = await child.next();
  if (connected !== count) throw new Error(`${connected} sessions of ${count}`);
  const agents = await platform.database.db.selectFrom('agent').select('name').where('name', 'like', 'sim-%').execute();
  return {
    names: agents.map(({ name }) => name),
    pid: child.pid,
    connectSeconds: (performance.now() - begun) / 1000,
    report: () => child.ask({ ask: 'report' }),
    stop: child.stop,
  };
}
