import type { Config } from '#platform/config.ts';
import { composeServices, type Service } from '#platform/process.ts';
import { createControlWorker } from '#workers/control.worker.ts';
import { adminService, databaseTrouble, openRoleBase } from './role.ts';

/** The role `worker`: all workflows, the activities that need the ledger only, the sweeper. */
export function createWorkerRole(config: Config): Service {
  const role = openRoleBase('worker', config);
  const { logger, temporal, database } = role;
  const worker = createControlWorker(config, { db: database.db, temporal, logger });
  const admin = adminService(config.SIGNALBOX_WORKER_ADMIN_PORT, role, async () => [
    ...(worker.ready() ? [] : ['Temporal: the worker is not polling']),
    ...(await databaseTrouble(database)),
  ]);
  return composeServices([role.base, admin, worker]);
}
