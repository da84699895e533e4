import { beatGateway, listGatewayAddresses, releaseAgentsOfDeadGateways } from '#ledger/agents/gateways.ts';
import type { Database } from '#db/database.ts';
import type { Logger } from '#platform/logging.ts';
import { createLoop, type Loop } from './loop.ts';
import type { SessionOpener } from './session-opener.ts';
import type { SessionRegistry } from './session-registry.ts';

const everyMs = 2_000;

/**
 * Says every 2 s that this gateway lives, learns which others do, and ends the sessions of those that do not. After a
 * gap (the ledger was away, this process was stopped) it says again which agents are here.
 */
export function createGatewayHeartbeat(deps: {
  db: Database;
  gatewayId: string;
  address: () => string;
  registry: SessionRegistry;
  opener: SessionOpener;
  onGateways: (addresses: string[]) => void;
  logger: Logger;
}): Loop {
  const { db, gatewayId, registry, logger } = deps;
  let away = false;
  return createLoop({
    everyMs,
    async run() {
      const { gap } = await beatGateway(db, gatewayId, deps.address());
      if (gap) {
        logger.warn('the ledger had not heard of this gateway for over 10 s; leases count from now');
        await deps.opener.reassert(registry.all().map(({ agentId, epoch }) => ({ agentId, epoch })));
      }
      const released = await releaseAgentsOfDeadGateways(db, gatewayId);
      if (released.length > 0)
        logger.warn({ agents: released.length }, 'a gateway has died, its agents count as offline');
      deps.onGateways(await listGatewayAddresses(db));
      away = false;
    },
    onError(error) {
      if (!away) logger.warn({ err: error }, 'no heartbeat: the ledger is away');
      away = true;
    },
  });
}
