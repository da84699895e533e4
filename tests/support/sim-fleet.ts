import { fork } from 'node:child_process';
import { join } from 'node:path';
import { openCertificateAuthority } from '#gateway/pki/certificate-authority.ts';
import { eventually } from './eventually.ts';
import type { Execution } from './journal.ts';
import type { Platform } from './platform.ts';
import { issueSims } from './sim-enrol.ts';
import type { FleetAnswer, FleetRequest } from './sim-fleet-process.ts';

/** Simulated agents in a process of their own: the real protocol, real certificates, runs that are timers. */
export interface SimulatedFleet {
  readonly names: string[];
  /** How long runs that begin from now on take. */
  setRunMs(least: number, most: number): Promise<void>;
  /** Where some of them dial from now on. */
  setServers(names: readonly string[], servers: readonly string[]): Promise<void>;
  /** Drops their connections; they come back. */
  reconnect(names?: readonly string[]): Promise<void>;
  connected(): Promise<number>;
  /** Every run that one of them executed. */
  executions(): Promise<Execution[]>;
  stop(): Promise<void>;
}

/** Enrols agents straight in the ledger, and waits until all are connected. */
export async function startFleet(
  platform: Platform,
  options: { count: number; prefix: string },
): Promise<SimulatedFleet> {
  const authority = await openCertificateAuthority(join(platform.data, 'keys', 'ca'));
  const identities = await issueSims(platform.database.db, authority, options);
  const child = fork(join(import.meta.dirname, 'sim-fleet-process.ts'), [platform.folder], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting: ((answer: FleetAnswer) => void)[] = [];
  child.on('message', (answer: FleetAnswer) => waiting.shift()?.(answer));
  child.on('exit', (code, signal) => {
    if (waiting.length > 0) console.error(`the simulated agents' process ended: ${code ?? signal}`);
  });
  const ask = (request: FleetRequest) =>
    new Promise<FleetAnswer>((resolve, reject) => {
      waiting.push(resolve);
      child.send(request, (error) => error && reject(error));
    });
  const names = identities.map(({ name }) => name);
  const connected = async () => (await ask({ ask: 'connected' })).connected ?? 0;

  await ask({ ask: 'add', identities, servers: [platform.gatewayAddress()] });
  await eventually('all simulated agents are connected', async () => (await connected()) === options.count, {
    withinMs: 300_000,
  });
  return {
    names,
    connected,
    setRunMs: async (least, most) => void (await ask({ ask: 'runMs', least, most })),
    setServers: async (some, servers) => void (await ask({ ask: 'servers', names: some, servers })),
    reconnect: async (some) => void (await ask({ ask: 'reconnect', ...(some === undefined ? {} : { names: some }) })),
    executions: async () => ((await ask({ ask: 'journal' })).journal ?? []).map((runId) => ({ runId, at: '' })),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
  };
}
