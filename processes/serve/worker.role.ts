import type { Config } from '#platform/config.ts';
import { composeServices, type Service } from '#platform/process.ts';
import { openSecretBox } from '#platform/secret-box.ts';
import { createControlWorker } from '#workers/control.worker.ts';
import { createDeliverer } from '#workers/notifications/deliverer.ts';
import { createSenders } from '#workers/notifications/senders.ts';
import { adminService, databaseTrouble, openRoleBase } from './role.ts';

/** The role `worker`: all workflows, the activities that need the ledger only, the sweeper, the deliverer of announcements. */
export function createWorkerRole(config: Config): Service {
  const role = openRoleBase('worker', config);
  const { logger, temporal, database } = role;
  const { db, maintenance } = database;
  const worker = createControlWorker(config, { db, maintenance, temporal, logger });
  const senders = createSenders({
    db,
    secrets: openSecretBox(config),
    allowPrivateNetworks: config.SIGNALBOX_WEBHOOK_ALLOW_PRIVATE,
  });
  const deliverer = createDeliverer({ db, maintenance, logger, senders });
  const admin = adminService(config.SIGNALBOX_WORKER_ADMIN_PORT, role, async () => [
    ...(worker.ready() ? [] : ['Temporal: the worker is not polling']),
    ...(await databaseTrouble(database)),
  ]);
  return composeServices([role.base, admin, worker, deliverer]);
}
