import { sql } from 'kysely';
import {
  closeSessions,
  openSessions,
  reassertSessions,
  type SessionAnswer,
  type SessionRequest,
} from '#ledger/agents/sessions.ts';
import type { Database, Tx } from '#db/database.ts';
import { emitEvent } from '#ledger/kernel/live-events.ts';
import { transact } from '#ledger/kernel/transact.ts';
import type { AgentState } from '#domain/agents/agent.ts';
import type { Logger } from '#platform/logging.ts';
import { createBatcher } from './batcher.ts';

type SessionId = { readonly agentId: string; readonly epoch: number };

/** Keeps the ledger's rows of sessions; calls that come together share a transaction. */
export interface SessionOpener {
  open(request: SessionRequest): Promise<SessionAnswer>;
  /** Never rejects: while the ledger is away it tries again and again, until the gateway stops. */
  close(session: SessionId): Promise<void>;
  /** These sessions are here, whatever another gateway made of our silence. */
  reassert(sessions: readonly SessionId[]): Promise<void>;
  stop(): Promise<void>;
}

const maxItems = 200;
const retryMs = 1_000;
/** More changes of state than this at once are told as one event without ids. */
const manyAgents = 20;

export function createSessionOpener(deps: {
  db: Database;
  gatewayId: string;
  logger: Logger;
  /** Hosts of this task have ended. */
  settle: (taskId: string) => void;
}): SessionOpener {
  const { db, gatewayId, logger } = deps;
  let stopped = false;

  const opening = createBatcher<SessionRequest, SessionAnswer>({
    maxItems,
    delayMs: 10,
    key: (request) => request.agentId,
    async run(requests) {
      const { answers, lostTasks } = await transact(db, async (tx) => {
        const opened = await openSessions(tx, gatewayId, requests);
        await announce(
          tx,
          opened.answers.filter((answer) => answer.opened).map((answer) => answer.agentId),
          'online',
        );
        return opened;
      });
      for (const taskId of lostTasks) deps.settle(taskId);
      return answers;
    },
  });

  const closing = createBatcher<SessionId, undefined>({
    maxItems,
    delayMs: 20,
    key: (session) => session.agentId,
    async run(sessions) {
      for (;;) {
        try {
          await transact(db, async (tx) => announce(tx, await closeSessions(tx, gatewayId, sessions), 'offline'));
          return sessions.map(() => undefined);
        } catch (error) {
          // The gateway's next start closes what is left.
          if (stopped) return sessions.map(() => undefined);
          logger.warn({ err: error, sessions: sessions.length }, 'ended sessions not recorded yet');
          await new Promise((resolve) => setTimeout(resolve, retryMs));
        }
      }
    },
  });

  return {
    open: (request) => opening.add(request),
    close: (session) => closing.add(session),
    async reassert(sessions) {
      await transact(db, async (tx) => announce(tx, await reassertSessions(tx, gatewayId, sessions), 'online'));
    },
    async stop() {
      stopped = true;
      await opening.idle();
      await closing.idle();
    },
  };
}

/** Events of topic `agents`: `{id, state}` each, or one `{many, state}` where many changed together. */
async function announce(tx: Tx, agentIds: readonly string[], state: AgentState): Promise<void> {
  if (agentIds.length === 0) return;
  if (agentIds.length > manyAgents) {
    await emitEvent(tx, 'agents', { many: agentIds.length, state });
    return;
  }
  await sql`
    insert into event (topic, data)
    select 'agents', jsonb_build_object('id', id, 'state', ${state}::text) from unnest(${agentIds.slice(1)}::text[]) as i(id)`.execute(
    tx,
  );
  await emitEvent(tx, 'agents', { id: agentIds[0], state });
}
