import { type Platform, startPlatform } from '#tests/support/platform.ts';

const ports = ['API', 'GATEWAY', 'WORKER_ADMIN', 'GATEWAY_ADMIN', 'POSTGRES', 'TEMPORAL', 'TEMPORAL_UI'];

/**
 * The whole platform as `npm start` starts it (PostgreSQL with fsync, every role a process), in a temporary folder, on
 * ports that no other platform would choose. `env` is for its processes.
 */
export function startBenchPlatform(env: Readonly<Record<string, string>> = {}): Promise<Platform> {
  const anyPort = Object.fromEntries(ports.map((name) => [`SIGNALBOX_${name}_PORT`, '0']));
  return startPlatform({ env: { ...anyPort, ...env } });
}
