import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { eventsSince } from '#tests/support/event-oracle.ts';
import { followEvents } from '#tests/support/event-stream.ts';
import { report } from '#tests/support/eventually.ts';
import { seededChance } from '#tests/support/faults.ts';
import { openJournal } from '#tests/support/journal.ts';
import { judge } from '#tests/support/oracle.ts';
import { addAgent, type RealAgent } from '#tests/support/platform-agents.ts';
import { type Platform, startPlatform } from '#tests/support/platform.ts';
import { type SimulatedFleet, startFleet } from '#tests/support/sim-fleet.ts';
import { applyOperation, getTask, submitStubbornly, submitTask, taskEnd, taskHosts } from '#tests/support/tasks.ts';
import { killAndRecover, progressOf, type Victim } from './kill-plan.ts';

const simulated = 200;
const moments: Readonly<Record<Victim, number>> = {
  worker: 4,
  api: 4,
  gateway: 4,
  agent: 3,
  localAgent: 1,
  postgres: 3,
  temporal: 2,
  temporalAway: 1,
  supervisor: 2,
};

/** R1–R5 and the supervisor, in one life of one platform. */
describe('kill -9 of anything, while one long task runs', () => {
  let platform: Platform;
  let fleet: SimulatedFleet;
  let local: string;
  const agents: RealAgent[] = [];

  beforeAll(async () => {
    platform = await startPlatform();
    local = (await platform.api.get<{ items: { name: string }[] }>('/api/v1/agents')).items[0]?.name ?? '';
    fleet = await startFleet(platform, { count: simulated, prefix: 'sim' });
    for (const name of ['real-1', 'real-2', 'real-3']) agents.push(await addAgent(platform, name));
  }, 240_000);

  afterAll(async () => {
    await fleet?.stop();
    for (const agent of agents) await agent.stop();
    await platform?.remove();
  }, 90_000);

  it('every host run ends once, every script body ran once, and what was paused stays paused', async () => {
    onTestFailed(() => console.error(platform.evidence()));
    const chance = seededChance('kill-anything');
    const journal = openJournal(join(platform.folder, 'journal'));
    const script = `${journal.scriptLine}\nsleep 8\necho done\n`;
    const live = followEvents(platform, 'tasks');

    await fleet.setRunMs(1_500, 4_000);
    const real = [local, ...agents.map(({ name }) => name)];
    const hosts = spread(fleet.names, real);
    const long = await submitTask(platform, { title: 'long', target: { hosts }, script, strategy: { concurrency: 8 } });
    const pausedHosts = chance.shuffle(fleet.names).slice(0, 40);
    const paused = await submitTask(platform, {
      title: 'paused',
      target: { hosts: pausedHosts },
      script: 'true',
      strategy: { concurrency: 2 },
    });
    await applyOperation(platform, paused, 'pause');
    const startedBeforePause = await startedOf(paused);

    const plan = chance.shuffle(
      Object.entries(moments).flatMap(([victim, n]) => Array<Victim>(n).fill(victim as Victim)),
    );
    let inMidTask = 0;
    const posted = new Map<string, Promise<string>>();
    for (const [index, victim] of plan.entries()) {
      await sleep(chance.between(0, 1_500));
      if (victim === 'api') {
        // R2: the answer of a POST is cut off anywhere; the client comes again with its key.
        for (const part of ['a', 'b', 'c']) {
          const key = `post-${index}-${part}`;
          const target = { hosts: [chance.pick(fleet.names)] };
          posted.set(key, submitStubbornly(platform, { title: key, target, script: 'true' }, key));
          await sleep(chance.between(0, 25));
        }
      }
      // R4: a POST is accepted while Temporal is away.
      const whileTemporalIsAway = async () => {
        if (posted.has('away')) return;
        const id = await submitTask(platform, {
          title: 'away',
          target: { hosts: [chance.pick(fleet.names)] },
          script: 'true',
        });
        posted.set('away', Promise.resolve(id));
      };
      // Hand-out goes on without Temporal.
      if (victim === 'temporalAway') await fleet.setRunMs(8_000, 12_000);
      // What takes long to come back, on a busy machine very long, must not find the task at its end.
      if (victim === 'supervisor' || victim === 'gateway') await fleet.setRunMs(8_000, 12_000);
      if ((await progressOf(platform.database.db, long)).waiting > 0) inMidTask += 1;
      const since = performance.now();
      await killAndRecover(
        { platform, agents, taskId: long, agentsTotal: simulated + 4, whileTemporalIsAway },
        victim,
        index,
      );
      const { ended, total, waiting } = await progressOf(platform.database.db, long);
      report(`kill ${index + 1}/${plan.length}: ${victim} back in`, since, `${ended} of ${total} hosts ended`);

      expect((await getTask(platform, paused)).state).toBe('paused');
      expect(await startedOf(paused)).toBe(startedBeforePause);
      // The task has to last through all moments, and not much longer.
      const due = (total * (index + 1)) / plan.length;
      if (waiting < 20 || ended > due) await fleet.setRunMs(8_000, 12_000);
      else if (ended < due * 0.8) await fleet.setRunMs(200, 800);
      else await fleet.setRunMs(1_500, 4_000);
    }

    console.info(`${inMidTask} of ${plan.length} kills came while hosts were still to be handed out`);
    expect(inMidTask).toBeGreaterThanOrEqual(20);

    await fleet.setRunMs(0, 50);
    await applyOperation(platform, paused, 'continue');
    const ids = new Map(await Promise.all([...posted].map(async ([key, id]) => [key, await id] as const)));
    for (const id of [long, paused, ...ids.values()]) {
      const { state, counts } = await taskEnd(platform, id, 180_000);
      expect([state, counts.succeeded, counts.total]).toEqual(['succeeded', counts.total, counts.total]);
    }

    const db = platform.database.db;
    for (const [key, id] of ids) {
      const rows = await db.selectFrom('task').select('id').where('title', '=', key).execute();
      expect(rows, `tasks of ${key}`).toEqual([{ id }]);
    }
    const executions = [...journal.executions(), ...(await fleet.executions())];
    const verdict = await judge(db, [long, paused, ...ids.values()], executions);
    console.info('oracle', JSON.stringify({ ...verdict, faults: verdict.faults.length }));
    expect(verdict.faults).toEqual([]);
    expect(verdict.executions).toBe(verdict.rows);

    expect(platform.logged(/unhandled|uncaught|too_many_pings/i)).toEqual([]);

    await sleep(500);
    await live.close();
    expect(live.names).not.toContain('reset');
    expect(live.ids).toEqual(await eventsSince(db, 'tasks', live.ids[0] ?? '0-0'));
    console.info(`R2 live events: ${live.ids.length} seen once and in order over ${live.reconnects()} reconnects`);
  });

  async function startedOf(id: string): Promise<number> {
    return (await taskHosts(platform, id)).filter(({ state }) => state !== 'ready' && state !== 'pending').length;
  }
});

/** The real hosts at even distances among the simulated ones. */
function spread(many: readonly string[], few: readonly string[]): string[] {
  const all = [...many];
  few.forEach((name, index) => all.splice(Math.floor(((index + 0.3) * all.length) / few.length), 0, name));
  return all;
}
