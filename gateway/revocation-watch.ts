import { findInvalidSessions, findStraySessions } from '#ledger/agents/sessions.ts';
import type { Database } from '#db/database.ts';
import { tasksInFlight } from '#ledger/tasks/delivery.ts';
import type { Logger } from '#platform/logging.ts';
import { createLoop } from './loop.ts';
import { isUuid } from './read-report.ts';
import type { SessionOpener } from './session-opener.ts';
import type { SessionRegistry } from './session-registry.ts';

/** Cuts sessions that the ledger no longer allows. */
export interface RevocationWatch {
  /** A revocation was announced: the payload is what came with it. */
  revoked(agentId: string | undefined): void;
  /** Announcements may have been missed: look now. */
  hurry(): void;
  start(): void;
  stop(): Promise<void>;
}

const checkMs = 4_000;

/**
 * Checks every session (agent, epoch, serial) against the ledger every 4 s and at once when a revocation is announced,
 * so that a revoked agent is cut within 5 s even where the announcement got lost. Sessions whose certificate expires are
 * cut as well, and rows of sessions that do not exist are closed.
 */
export function createRevocationWatch(deps: {
  db: Database;
  gatewayId: string;
  registry: SessionRegistry;
  opener: SessionOpener;
  nudge: (taskId: string) => void;
  logger: Logger;
}): RevocationWatch {
  const { db, gatewayId, registry, logger } = deps;

  const checks = createLoop({
    everyMs: checkMs,
    async run() {
      const now = Date.now();
      for (const session of registry.all()) if (session.notAfterMs < now) session.close('certificate-expired');
      for (const invalid of await findInvalidSessions(db, gatewayId, registry.all())) {
        const session = registry.get(invalid.agentId);
        if (session?.epoch === invalid.epoch) session.close(invalid.reason);
      }
      const held = registry.all().map((session) => session.agentId);
      for (const stray of await findStraySessions(db, gatewayId, held)) await deps.opener.close(stray);
    },
    onError: (error) => logger.warn({ err: error }, 'sessions could not be checked against the ledger'),
  });

  /** Its runs are lost from now on, which their tasks find out as they advance. */
  function wakeTasksOf(agentId: string): void {
    tasksInFlight(db, agentId).then(
      (taskIds) => taskIds.forEach(deps.nudge),
      (error: unknown) => logger.debug({ err: error, agentId }, 'tasks of a revoked agent not nudged'),
    );
  }

  return {
    hurry: () => checks.hurry(),
    revoked(agentId) {
      checks.hurry();
      if (isUuid(agentId)) wakeTasksOf(agentId);
    },
    start: () => checks.start(),
    stop: () => checks.stop(),
  };
}
