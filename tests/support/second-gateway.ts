import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '#processes/supervisor/data-folder.ts';
import { lastLines } from '#processes/supervisor/log-file.ts';
import { readPorts } from '#processes/supervisor/ports.ts';
import { databaseUrl } from '#processes/supervisor/postgres-cluster.ts';
import { eventually } from './eventually.ts';
import { ownPorts } from './own-ports.ts';
import { checkout, type Platform } from './platform.ts';

/** One more gateway beside the supervisor's, as on another machine: same ledger, same CA. */
export interface SecondGateway {
  readonly id: string;
  readonly address: string;
  pid(): number;
  start(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
  log(): string;
}

export async function startSecondGateway(platform: Platform, id = 'gateway-2'): Promise<SecondGateway> {
  const paths = dataFolder(platform.data);
  const ports = readPorts(paths.ports);
  if (ports === undefined) throw new Error('the platform has no ports yet');
  const data = join(platform.folder, id);
  mkdirSync(data, { recursive: true });
  const logFile = join(platform.folder, `${id}.log`);
  const [port = 0, adminPort = 0] = await ownPorts(2);
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const output = openSync(logFile, 'a');
    child = spawn(process.execPath, [join(checkout, 'processes', 'serve.ts'), '--roles', 'gateway'], {
      cwd: checkout,
      env: {
        ...platform.env,
        SIGNALBOX_DATA: data,
        SIGNALBOX_CA_DIR: join(paths.keys, 'ca'),
        SIGNALBOX_DATABASE_URL: databaseUrl(paths, ports?.postgres ?? 0),
        SIGNALBOX_TEMPORAL_ADDRESS: platform.temporalAddress(),
        SIGNALBOX_GATEWAY_ID: id,
        SIGNALBOX_GATEWAY_PORT: String(port),
        SIGNALBOX_GATEWAY_ADMIN_PORT: String(adminPort),
      },
      detached: true,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    await eventually(
      `${id} is ready`,
      async () => {
        if (child?.exitCode !== null) throw new Error(`it ended:\n${lastLines(logFile)}`);
        return (await fetch(`http://127.0.0.1:${adminPort}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok;
      },
      { withinMs: 60_000 },
    );
  }

  await start();
  return {
    id,
    address: `127.0.0.1:${port}`,
    pid: () => child?.pid ?? -1,
    start,
    async kill() {
      const running = child;
      if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
      const gone = new Promise((resolve) => running.once('exit', resolve));
      running.kill('SIGKILL');
      await gone;
    },
    log: () => lastLines(logFile, 30),
  };
}
