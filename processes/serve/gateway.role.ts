import { openDatabase } from '#db/database.ts';
import { createGateway } from '#gateway/server.ts';
import { handOutSessions } from '#gateway/settler.ts';
import { taskWorkflowId } from '#domain/tasks/ports.ts';
import type { Config } from '#platform/config.ts';
import { composeServices, type Service } from '#platform/process.ts';
import { createGatewayWorker } from '#workers/gateway.worker.ts';
import { nudgeSignal } from '#workflows/kernel/durable.messages.ts';
import { adminService, databaseTrouble, openRoleBase } from './role.ts';

/** The role `gateway`: where agents connect, with the Temporal worker of its own queue. */
export function createGatewayRole(config: Config): Service {
  const role = openRoleBase('gateway', config);
  const { logger, metrics, temporal, database } = role;
  const nudge = (taskId: string) => temporal.client.workflow.getHandle(taskWorkflowId(taskId)).signal(nudgeSignal);
  const handOuts = openDatabase(config.SIGNALBOX_DATABASE_URL, {
    ...handOutSessions,
    applicationName: 'signalbox-hand-out',
    onError: (error) => logger.warn({ err: error }, 'a database connection for hand-out broke'),
  });
  const server = createGateway(config, { database, handOuts: handOuts.db, nudge, logger, metrics });
  let accepting = false;
  const gateway: Service = {
    name: 'gateway',
    async start() {
      await server.start();
      accepting = true;
    },
    async stop() {
      accepting = false;
      await server.stop();
      await handOuts.close();
    },
  };
  const worker = createGatewayWorker(config, { activities: server.activities, logger });
  // Agents need no Temporal: a gateway without it is ready, its hosts get their commands at the next pull.
  const admin = adminService(config.SIGNALBOX_GATEWAY_ADMIN_PORT, role, async () => [
    ...(accepting ? [] : ['agents: not listening']),
    ...(await databaseTrouble(database)),
  ]);
  return composeServices([role.base, admin, gateway, worker]);
}
