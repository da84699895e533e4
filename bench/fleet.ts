import { fork } from 'node:child_process';
import { join } from 'node:path';
import { openCertificateAuthority } from '#gateway/pki/certificate-authority.ts';
import { eventually } from '#tests/support/eventually.ts';
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

/** Agents that begin to connect at the same time. */
const wave = 250;

/** Enrols agents straight in the ledger, and waits until all are connected. */
export async function startFleet(platform: Platform, count: number): Promise<Fleet> {
  const authority = await openCertificateAuthority(join(platform.data, 'keys', 'ca'));
  const identities = await issueSims(platform.database.db, authority, { count, prefix: 'sim-' });
  const child = fork(join(import.meta.dirname, 'fleet-process.ts'), [platform.folder], {
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
  const ask = (request: FleetRequest) =>
    new Promise<FleetReport>((resolve, reject) => {
      waiting.push({ resolve, reject });
      child.send(request, (error) => error && reject(error));
    });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  };

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
