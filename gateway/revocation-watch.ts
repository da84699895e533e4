import type { PoolClient } from 'pg';
import { revokedChannel } from '#db/agents/agent.repository.ts';
import { findInvalidSessions } from '#db/agents/session.repository.ts';
import type { DatabaseHandle } from '#db/database.ts';
import type { Logger } from '#platform/logging.ts';
import { createLoop } from './loop.ts';
import type { SessionRegistry } from './session-registry.ts';

/** Cuts sessions that the ledger no longer allows. */
export interface RevocationWatch {
  start(): void;
  stop(): Promise<void>;
}

const checkMs = 4_000;
const listenAgainMs = 2_000;

/**
 * Checks every session (agent, epoch, serial) against the ledger every 4 s and at once when a revocation is announced,
 * so that a revoked agent is cut within 5 s even where the announcement got lost. Certificates that expire while
 * connected are cut as well.
 */
export function createRevocationWatch(deps: {
  database: DatabaseHandle;
  gatewayId: string;
  registry: SessionRegistry;
  logger: Logger;
}): RevocationWatch {
  const { database, gatewayId, registry, logger } = deps;

  const checks = createLoop({
    everyMs: checkMs,
    async run() {
      const now = Date.now();
      for (const session of registry.all()) if (session.notAfterMs < now) session.close('certificate-expired');
      for (const invalid of await findInvalidSessions(database.db, gatewayId, registry.all())) {
        const session = registry.get(invalid.agentId);
        if (session?.epoch === invalid.epoch) session.close(invalid.reason);
      }
    },
    onError: (error) => logger.warn({ err: error }, 'sessions could not be checked against the ledger'),
  });

  let listener: PoolClient | undefined;
  let again: NodeJS.Timeout | undefined;
  let stopped = false;

  async function listen(): Promise<void> {
    const client = await database.pool.connect();
    const lost = (error?: Error) => {
      if (listener !== client) return;
      listener = undefined;
      client.release(error ?? true);
      listenLater();
    };
    listener = client;
    client.on('error', lost);
    client.on('end', () => lost());
    client.on('notification', () => checks.hurry());
    try {
      await client.query(`listen ${revokedChannel}`);
    } catch (error) {
      lost(error as Error);
      return;
    }
    if (stopped) release();
    else checks.hurry();
  }

  function listenLater(): void {
    if (stopped) return;
    again = setTimeout(() => {
      listen().catch(listenLater);
    }, listenAgainMs);
  }

  function release(): void {
    const client = listener;
    listener = undefined;
    // A connection that listens must not serve others.
    client?.release(true);
  }

  return {
    start() {
      checks.start();
      listen().catch(listenLater);
    },
    async stop() {
      stopped = true;
      clearTimeout(again);
      release();
      await checks.stop();
    },
  };
}
