import type { PoolClient } from 'pg';
import { revokedChannel } from '#ledger/agents/revoke-agent.ts';
import { findInvalidSessions, findStraySessions } from '#ledger/agents/sessions.ts';
import type { DatabaseHandle } from '#db/database.ts';
import { tasksInFlight } from '#ledger/tasks/delivery.ts';
import type { Logger } from '#platform/logging.ts';
import { createLoop } from './loop.ts';
import { isUuid } from './read-report.ts';
import type { SessionOpener } from './session-opener.ts';
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
 * so that a revoked agent is cut within 5 s even where the announcement got lost. Sessions whose certificate expires are
 * cut as well, and rows of sessions that do not exist are closed.
 */
export function createRevocationWatch(deps: {
  database: DatabaseHandle;
  gatewayId: string;
  registry: SessionRegistry;
  opener: SessionOpener;
  nudge: (taskId: string) => void;
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
      const held = registry.all().map((session) => session.agentId);
      for (const stray of await findStraySessions(database.db, gatewayId, held)) await deps.opener.close(stray);
    },
    onError: (error) => logger.warn({ err: error }, 'sessions could not be checked against the ledger'),
  });

  let listener: PoolClient | undefined;
  let again: NodeJS.Timeout | undefined;
  let stopped = false;

  /** Its runs are lost from now on, which their tasks find out as they advance. */
  function wakeTasksOf(agentId: string): void {
    tasksInFlight(database.db, agentId).then(
      (taskIds) => taskIds.forEach(deps.nudge),
      (error: unknown) => logger.debug({ err: error, agentId }, 'tasks of a revoked agent not nudged'),
    );
  }

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
    client.on('notification', ({ payload }) => {
      checks.hurry();
      if (isUuid(payload)) wakeTasksOf(payload);
    });
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
