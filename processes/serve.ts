import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig, type Config } from '#platform/config.ts';
import { createLogger } from '#platform/logging.ts';
import { composeServices, type Service } from '#platform/process.ts';

const usage = `node processes/serve.ts --roles api,worker,gateway [--data DIR]
Starts these roles in this process; settings come from the environment (see .env.example).
`;
/** Loaded only where it is played: an api has no use for a Temporal worker in its memory. */
const roles: Readonly<Record<string, (config: Config) => Promise<Service>>> = {
  api: async (config) => (await import('./serve/api.role.ts')).createApiRole(config),
  worker: async (config) => (await import('./serve/worker.role.ts')).createWorkerRole(config),
  gateway: async (config) => (await import('./serve/gateway.role.ts')).createGatewayRole(config),
};
/** What is still open this long after a stop signal is cut off. */
const drainMs = 20_000;

const { values } = parseArgs({ options: { roles: { type: 'string' }, data: { type: 'string' } } });
const wanted = [...new Set(values.roles?.split(','))];
if (wanted.length === 0 || wanted.some((name) => !Object.hasOwn(roles, name))) {
  process.stderr.write(usage);
  process.exit(2);
}

const logger = createLogger({ role: wanted.join('+'), level: process.env['SIGNALBOX_LOG_LEVEL'] ?? 'info' });
// A process in an unknown state is worth less than a fresh one: the supervisor starts it again.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    logger.fatal({ err: error, event }, 'ended by an error that nobody caught');
    process.exit(1);
  });
}

let config: Config;
try {
  config = readConfig({ ...process.env, ...(values.data ? { SIGNALBOX_DATA: resolve(values.data) } : {}) });
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(2);
}

if (wanted.some((name) => name !== 'api')) (await import('./serve/temporal-runtime.ts')).installTemporalRuntime(logger);
const services = await Promise.all(wanted.flatMap((name) => roles[name]?.(config) ?? []));
const service = composeServices(services);
let stopping = false;
async function stop(signal: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  logger.info({ signal }, 'stopping');
  setTimeout(() => {
    logger.error(`still busy after ${drainMs} ms, ending all the same`);
    process.exit(1);
  }, drainMs).unref();
  try {
    await service.stop();
    process.exit(0);
  } catch (error) {
    logger.error({ err: error }, 'did not stop cleanly');
    process.exit(1);
  }
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));

try {
  await service.start();
  if (!stopping) logger.info('started');
} catch (error) {
  logger.fatal({ err: error }, 'could not start');
  process.exit(1);
}
