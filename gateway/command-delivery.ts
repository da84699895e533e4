import type { Database } from '#db/database.ts';
import {
  agentsWithOutstanding,
  nextCommandNumber,
  type OutstandingCommand,
  outstandingOfAgents,
  outstandingOfTask,
  payloadsOf,
} from '#ledger/tasks/delivery.ts';
import type { TaskPayload } from '#domain/tasks/task.ts';
import { createBatcher } from './batcher.ts';
import type { GatewayMetrics } from './gateway-metrics.ts';
import type { MakeRunnable, RunnableTask } from './runnable-task.ts';
import type { SessionRegistry } from './session-registry.ts';

/** Reads what the ledger has for agents and writes it to their sessions. */
export interface CommandDelivery {
  /** Sends the outstanding commands of a task to the agents connected here. Answers how many were written. */
  deliverTask(taskId: string): Promise<number>;
  /** Sends these commands to those of their agents that are connected here, as `deliverTask` does. */
  send(commands: readonly OutstandingCommand[]): Promise<number>;
  /** Sends everything outstanding of one agent; `repeat` also what was sent a moment ago. */
  pull(agentId: string, options?: { repeat?: boolean }): Promise<number>;
  /** The slow full pull: whatever got lost on the way to any agent connected here. */
  pullAll(): Promise<number>;
  /** Number that the agent's next command will get. */
  nextSeq(agentId: string): Promise<number>;
}

const pullBatch = 500;
const payloadsKept = 50;

export function createCommandDelivery(deps: {
  db: Database;
  gatewayId: string;
  registry: SessionRegistry;
  metrics: GatewayMetrics;
  makeRunnable: MakeRunnable;
}): CommandDelivery {
  const { db, gatewayId, registry, metrics, makeRunnable } = deps;
  // A task's payload never changes.
  const kept = new Map<string, TaskPayload>();

  async function payloads(taskIds: readonly string[]): Promise<Map<string, TaskPayload>> {
    const missing = taskIds.filter((taskId) => !kept.has(taskId));
    const read = await payloadsOf(db, missing);
    const found = new Map(
      taskIds.flatMap((taskId) => {
        const payload = kept.get(taskId) ?? read.get(taskId);
        return payload === undefined ? [] : [[taskId, payload] as const];
      }),
    );
    for (const [taskId, payload] of read) kept.set(taskId, payload);
    for (const taskId of kept.keys()) {
      if (kept.size <= payloadsKept) break;
      kept.delete(taskId);
    }
    return found;
  }

  /** Their tasks, with the values of secrets where one of them is to run: these are read anew each time, and not kept. */
  async function tasksOf(commands: readonly OutstandingCommand[]): Promise<ReadonlyMap<string, RunnableTask>> {
    const known = await payloads([...new Set(commands.map((command) => command.taskId))]);
    const toRun = new Set(commands.flatMap(({ kind, taskId }) => (kind === 'run' ? taskId : [])));
    const runnable = await makeRunnable(new Map([...known].filter(([taskId]) => toRun.has(taskId))));
    for (const [taskId, payload] of known) if (!toRun.has(taskId)) runnable.set(taskId, { payload, secrets: {} });
    return runnable;
  }

  const pulls = createBatcher<{ agentId: string; repeat: boolean }, number>({
    maxItems: pullBatch,
    delayMs: 5,
    key: (item) => item.agentId,
    async run(items) {
      const byAgent = groupByAgent(
        await outstandingOfAgents(
          db,
          items.map((item) => item.agentId),
        ),
      );
      const known = await tasksOf([...byAgent.values()].flat());
      return items.map(({ agentId, repeat }) => {
        const commands = byAgent.get(agentId) ?? [];
        const sent = registry.get(agentId)?.deliver(commands, known, { all: true, repeat }).sent ?? 0;
        metrics.commandsSent(sent);
        return sent;
      });
    },
  });

  const pull = (agentId: string, options: { repeat?: boolean } = {}) =>
    pulls.add({ agentId, repeat: options.repeat ?? false });

  async function send(commands: readonly OutstandingCommand[]): Promise<number> {
    if (commands.length === 0) return 0;
    const known = await tasksOf(commands);
    let sent = 0;
    const behind: string[] = [];
    for (const [agentId, some] of groupByAgent(commands)) {
      const delivered = registry.get(agentId)?.deliver(some, known, { all: false });
      sent += delivered?.sent ?? 0;
      if (delivered?.gap === true) behind.push(agentId);
    }
    metrics.commandsSent(sent);
    const more = await Promise.all(behind.map((agentId) => pull(agentId)));
    return more.reduce((sum, count) => sum + count, sent);
  }

  return {
    pull,
    send,
    nextSeq: (agentId) => nextCommandNumber(db, agentId),
    deliverTask: async (taskId) => send(await outstandingOfTask(db, taskId, gatewayId)),
    async pullAll() {
      const agentIds = await agentsWithOutstanding(db, gatewayId);
      const sent = await Promise.all(agentIds.map((agentId) => pull(agentId)));
      return sent.reduce((sum, count) => sum + count, 0);
    },
  };
}

function groupByAgent(commands: readonly OutstandingCommand[]): Map<string, OutstandingCommand[]> {
  return Map.groupBy(commands, (command) => command.agentId);
}
