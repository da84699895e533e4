import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { eventually } from '#tests/support/eventually.ts';
import { sendSignal } from '#tests/support/own-processes.ts';
import type { RealAgent } from '#tests/support/platform-agents.ts';
import type { Platform } from '#tests/support/platform.ts';
import { getTask } from '#tests/support/tasks.ts';

/** What is killed, and how long its recovery is expected to take at most (seconds; waited for five times as long). */
export const victims = {
  worker: 15,
  api: 10,
  gateway: 20,
  agent: 15,
  localAgent: 15,
  postgres: 20,
  temporal: 30,
  /** Temporal is killed again and again for a while. */
  temporalAway: 90,
  supervisor: 60,
} as const;
export type Victim = keyof typeof victims;

/** As long as Temporal stays away. */
const awayMs = 60_000;

/** Where the long task stands. */
export interface Progress {
  readonly ended: number;
  readonly total: number;
  readonly waiting: number;
}

export async function progressOf(db: Database, taskId: string): Promise<Progress> {
  const { rows } = await sql<{ ended: number; total: number; waiting: number }>`
    select count(*) filter (where state not in ('pending', 'ready', 'dispatched', 'running', 'killing'))::int as ended,
           count(*)::int as total, count(*) filter (where state in ('pending', 'ready'))::int as waiting
    from host_run where task_id = ${taskId}::uuid and current`.execute(db);
  return rows[0] ?? { ended: 0, total: 0, waiting: 0 };
}

/** Kills, and waits until what it does goes on: its process is back and hosts are handed out (or sent results) again. */
export async function killAndRecover(
  context: {
    platform: Platform;
    agents: readonly RealAgent[];
    taskId: string;
    agentsTotal: number;
    whileTemporalIsAway: () => Promise<void>;
  },
  victim: Victim,
  choice: number,
): Promise<void> {
  const { platform, agents, taskId, agentsTotal } = context;
  const withinMs = victims[victim] * 5_000;
  const db = () => platform.database.db;
  const newPid = (role: string, old: number) =>
    eventually(`${role} has a new process`, () => (platform.pids()[role] ?? old) !== old && !sendSignal(old, 0), {
      withinMs,
    });
  const handsOutAgain = async () => {
    const from = await eventually('the ledger answers', () => ledgerNow(db()), { withinMs });
    await eventually(`hosts are handed out after the kill of ${victim}`, () => handedOutSince(db(), taskId, from), {
      withinMs,
    });
  };
  const answers = () => eventually('the api answers', () => getTask(platform, taskId), { withinMs, everyMs: 100 });
  const allConnected = () =>
    eventually('all agents are connected', async () => (await connectedAgents(db())) >= agentsTotal, {
      withinMs,
      everyMs: 300,
    });

  switch (victim) {
    case 'worker':
    case 'temporal':
      await newPid(victim, platform.kill(victim));
      return handsOutAgain();
    case 'temporalAway': {
      const { ended } = await progressOf(db(), taskId);
      const until = performance.now() + awayMs;
      for (let pid = platform.kill('temporal'); performance.now() < until; await sleep(100)) {
        const now = platform.pids()['temporal'];
        if (now !== undefined && now !== pid) pid = platform.kill('temporal');
        if (performance.now() > until - awayMs / 2) await context.whileTemporalIsAway();
      }
      // What was in flight went on, and its results were stored without Temporal.
      const meanwhile = (await progressOf(db(), taskId)).ended - ended;
      if (meanwhile === 0) throw new Error('no result was stored while Temporal was away');
      console.info(`R4 Temporal away for ${awayMs / 1000} s: ${meanwhile} results stored meanwhile`);
      return handsOutAgain();
    }
    case 'api':
      await newPid('api', platform.kill('api'));
      await answers();
      return;
    case 'gateway':
      await newPid('gateway', platform.kill('gateway'));
      await allConnected();
      return handsOutAgain();
    case 'localAgent':
      await newPid('agent', platform.kill('agent'));
      await allConnected();
      return;
    case 'agent': {
      const agent = agents[choice % agents.length];
      if (agent === undefined) throw new Error('no agent to kill');
      await agent.kill();
      await agent.start();
      return;
    }
    case 'postgres':
      await newPid('postgres', platform.crashPostgres());
      await answers();
      return handsOutAgain();
    case 'supervisor':
      await platform.killSupervisor();
      await platform.start();
      await allConnected();
      return handsOutAgain();
  }
}

/** The ledger's clock. */
export async function ledgerNow(db: Database): Promise<string> {
  const { rows } = await sql<{ now: string }>`select clock_timestamp()::text as now`.execute(db);
  return rows[0]?.now ?? '';
}

/** True also where nothing is left to hand out. */
async function handedOutSince(db: Database, taskId: string, from: string): Promise<boolean> {
  const { rows } = await sql<{ yes: boolean }>`
    select exists (select 1 from host_run where task_id = ${taskId}::uuid and dispatched_at > ${from}::timestamptz)
        or not exists (select 1 from host_run where task_id = ${taskId}::uuid and current and state in ('pending', 'ready')) as yes`.execute(
    db,
  );
  return rows[0]?.yes ?? false;
}

/** Agents with a session at a gateway that lives. */
export async function connectedAgents(db: Database): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from agent join gateway on gateway.id = agent.gateway_id
    where revoked_at is null and disconnected_at is null and heartbeat_at > now() - interval '10 seconds'`.execute(db);
  return rows[0]?.n ?? 0;
}
