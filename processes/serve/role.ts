import { openDatabase, type DatabaseHandle } from '#db/database.ts';
import { createAdminServer } from '#platform/admin-server.ts';
import type { Config } from '#platform/config.ts';
import { createLogger, type Logger } from '#platform/logging.ts';
import { createMetrics, type Metrics } from '#platform/metrics.ts';
import type { Service } from '#platform/process.ts';
import { openTemporalClient, type TemporalClientHandle } from '#platform/temporal.ts';

/** What every role of ours stands on. Opened by nobody before it is used; closed by `close`. */
export interface RoleBase {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly database: DatabaseHandle;
  readonly temporal: TemporalClientHandle;
  /** Stops last. */
  readonly base: Service;
}

/** Opens database pool, Temporal client, log and metrics for one role. */
export function openRoleBase(role: string, config: Config): RoleBase {
  const logger = createLogger({ role, level: config.SIGNALBOX_LOG_LEVEL });
  const database = openDatabase(config.SIGNALBOX_DATABASE_URL, {
    max: config.SIGNALBOX_DATABASE_POOL,
    limits: {
      statementMs: config.SIGNALBOX_DATABASE_STATEMENT_MS,
      lockMs: config.SIGNALBOX_DATABASE_LOCK_MS,
      idleInTransactionMs: config.SIGNALBOX_DATABASE_IDLE_MS,
    },
    applicationName: `signalbox-${role}`,
    ...(role === 'gateway' ? { writer: config.SIGNALBOX_GATEWAY_ID } : {}),
    onError: (error) => logger.warn({ err: error }, 'a database connection broke'),
  });
  const temporal = openTemporalClient({
    address: config.SIGNALBOX_TEMPORAL_ADDRESS,
    namespace: config.SIGNALBOX_TEMPORAL_NAMESPACE,
  });
  return {
    config,
    logger,
    metrics: createMetrics(role),
    database,
    temporal,
    base: {
      name: `${role}-connections`,
      start: () => Promise.resolve(),
      async stop() {
        await temporal.close();
        await database.close();
      },
    },
  };
}

/** Whether the ledger answers; a reason when it does not. */
export async function databaseTrouble(database: DatabaseHandle): Promise<string[]> {
  try {
    await database.pool.query('select 1');
    return [];
  } catch (error) {
    return [`database: ${(error as Error).message}`];
  }
}

/** Health and metrics of a role that has no HTTP of its own. */
export function adminService(port: number, role: RoleBase, notReady: () => Promise<readonly string[]>): Service {
  const server = createAdminServer({ host: role.config.SIGNALBOX_ADMIN_HOST, port, metrics: role.metrics, notReady });
  return {
    name: 'admin',
    async start() {
      const { host, port: bound } = await server.start();
      role.logger.info({ address: `${host}:${bound}` }, 'health and metrics');
    },
    stop: () => server.stop(),
  };
}
