import type { OutstandingCommand } from '#ledger/tasks/delivery.ts';
import type { RunnableTask } from './runnable-task.ts';

/** Why a session ended; a metric label. */
export type SessionEnd =
  | 'agent-left'
  | 'connection-lost'
  | 'superseded'
  | 'revoked'
  | 'certificate-expired'
  | 'refused'
  | 'offence'
  | 'bad-frame'
  | 'frame-too-large'
  | 'too-slow'
  | 'ledger-away'
  | 'gateway-stops';

/** An open session, as the rest of the gateway sees it. */
export interface AgentSession {
  readonly agentId: string;
  readonly name: string;
  readonly epoch: number;
  /** Serial and end of the certificate that opened it. */
  readonly serial: string;
  readonly notAfterMs: number;
  /** Writes commands in the order of their numbers. `all`: these are everything outstanding; else `gap` may come back. */
  deliver(
    commands: readonly OutstandingCommand[],
    tasks: ReadonlyMap<string, RunnableTask>,
    options: { all: boolean; repeat?: boolean },
  ): { sent: number; gap: boolean };
  /** The ledger has these results. */
  confirm(runIds: readonly string[]): void;
  drain(reconnectAfterMs: number): void;
  close(end: SessionEnd): void;
}

/** The sessions that this gateway holds, one per agent. */
export interface SessionRegistry {
  get(agentId: string): AgentSession | undefined;
  all(): AgentSession[];
  size(): number;
  /** Takes the place of an older session of the same agent, which is closed. */
  add(session: AgentSession): void;
  remove(session: AgentSession): void;
}

export function createSessionRegistry(): SessionRegistry {
  const sessions = new Map<string, AgentSession>();
  return {
    get: (agentId) => sessions.get(agentId),
    all: () => [...sessions.values()],
    size: () => sessions.size,
    add(session) {
      const older = sessions.get(session.agentId);
      sessions.set(session.agentId, session);
      older?.close('superseded');
    },
    remove(session) {
      if (sessions.get(session.agentId) === session) sessions.delete(session.agentId);
    },
  };
}
