import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { advanceTask } from '#ledger/tasks/advance-task.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createGatewayStage, type GatewayStage, type StagedGateway } from '#tests/support/gateway-stage.ts';
import type { SimAgent } from '#tests/support/sim-agent.ts';

/** Hand-out between two decisions: two real gateways, agents on both, and an advance only where somebody asks for it. */
let stage: GatewayStage;
let gateways: [StagedGateway, StagedGateway];

beforeEach(async () => {
  stage = await createGatewayStage();
  gateways = [await stage.startGateway('gateway-1'), await stage.startGateway('gateway-2')];
});
afterEach(() => stage.remove());

/** Agents on both gateways, in turns, and how many of their runs were under way at the same time at most. */
async function fleet(count: number, runMs: number): Promise<{ agents: SimAgent[]; most: () => number }> {
  let now = 0;
  let most = 0;
  const play = {
    runMs: () => {
      most = Math.max(most, ++now);
      return runMs;
    },
    result: () => {
      now -= 1;
      return {};
    },
  };
  const half = Math.ceil(count / 2);
  const [one, other] = await Promise.all(
    gateways.map(({ address }, index) =>
      stage.agents(index === 0 ? half : count - half, `g${index}-`, { servers: [address], play }),
    ),
  );
  const agents = one!.flatMap((agent, index) => [agent, ...(other?.[index] === undefined ? [] : [other[index]])]);
  return { agents, most: () => most };
}
const handedOut = async (taskId: string) =>
  (await stage.runs(taskId)).filter((run) => run.state !== 'ready' && run.state !== 'revoked').length;
const begin = (taskId: string) => stage.step(taskId);
const ends = (taskId: string, state: string) =>
  eventually(`task is ${state}`, async () => (await stage.taskState(taskId)) === state, {
    withinMs: 30_000,
    everyMs: 50,
  });

describe('hand-out by two gateways', () => {
  it('goes through all hosts of both with one decision at the end, never above the concurrency, each host once', async () => {
    const { agents, most } = await fleet(60, 5);
    const taskId = await stage.submit(agents, { concurrency: 7 });
    await begin(taskId);
    await stage.reaches(taskId, 'succeeded', 60, 30_000);
    await ends(taskId, 'succeeded');
    expect(most()).toBeGreaterThan(1);
    expect(most()).toBeLessThanOrEqual(7);
    expect(stage.nudges).toEqual([taskId]);
    const executed = agents.flatMap((agent) => agent.spool.journal);
    expect(new Set(executed).size).toBe(60);
    expect(executed).toHaveLength(60);
  });

  it('is exact at a concurrency of one: no host begins before the one before it has ended, nor after an error', async () => {
    const { agents, most } = await fleet(20, 2);
    const taskId = await stage.submit(agents, { concurrency: 1, onError: 'stop' });
    agents[12]?.setPlay({ result: () => ({ outcome: 2, code: 1, exitCode: 1 }) });
    await begin(taskId);
    await ends(taskId, 'failed');
    expect(most()).toBe(1);
    expect(agents.map((agent) => agent.spool.journal.length)).toEqual(agents.map((_, index) => (index <= 12 ? 1 : 0)));
  });

  it('stops with a request to pause, before anybody carries it out', async () => {
    const { agents } = await fleet(40, 20);
    const taskId = await stage.submit(agents, { concurrency: 4 });
    await begin(taskId);
    await eventually('some have run', async () => (await handedOut(taskId)) > 8, { withinMs: 10_000, everyMs: 5 });
    await stage.request(taskId, 'pause');
    const before = await handedOut(taskId);
    await sleep(500);
    expect(await handedOut(taskId)).toBe(before);
    expect(before).toBeLessThan(40);
    // The runs that it had are over.
    expect((await stage.runs(taskId)).filter((run) => run.state === 'running')).toEqual([]);
  });

  it('goes on when the gateway dies that stored the results and had not refilled yet', async () => {
    const { agents } = await fleet(30, 5);
    const taskId = await stage.submit(agents, { concurrency: 3 });
    // Neither refills: the window opens with the advance alone.
    await advanceTask(stage.database.db, { taskId, step: 1, leaseMs: 300_000 });
    await sql`update task_window set open = false where task_id = ${taskId}::uuid`.execute(stage.database.db);
    await gateways[0].gateway.activities.deliverTask({ taskId });
    await gateways[1].gateway.activities.deliverTask({ taskId });
    await stage.reaches(taskId, 'succeeded', 3);
    await sql`update task_window set open = true where task_id = ${taskId}::uuid`.execute(stage.database.db);
    await gateways[0].gateway.stop();
    for (const agent of agents) agent.setServers([gateways[1].address]);
    await stage.reaches(taskId, 'succeeded', 30, 30_000);
    await ends(taskId, 'succeeded');
    expect(agents.map((agent) => agent.spool.journal.length)).toEqual(Array(30).fill(1));
  });

  it('hands several tasks out side by side over the same hosts', async () => {
    const { agents } = await fleet(20, 1);
    const taskIds = await Promise.all([1, 2, 5, 20].map((concurrency) => stage.submit(agents, { concurrency })));
    await Promise.all(taskIds.map(begin));
    for (const taskId of taskIds) await ends(taskId, 'succeeded');
    expect(agents.map((agent) => agent.spool.journal.length)).toEqual(Array(20).fill(4));
    expect([...stage.nudges].sort()).toEqual([...taskIds].sort());
  });
});
