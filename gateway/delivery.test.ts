import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killHostRunsInFlight, renewHostRuns } from '#ledger/tasks/host-run-moves.ts';
import { resultCodes } from '#domain/tasks/result-codes.ts';
import { type GatewayFrame, RunOutcome, type RunRef, RunResult } from '#proto/gen/agent.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createGatewayStage, type GatewayStage } from '#tests/support/gateway-stage.ts';
import type { SimAgent } from '#tests/support/sim-agent.ts';
import { transact } from '#ledger/kernel/transact.ts';

let stage: GatewayStage;
let server: string;

beforeAll(async () => {
  stage = await createGatewayStage();
  server = (await stage.startGateway()).address;
});
afterAll(() => stage.remove());

async function one(
  prefix: string,
  options: { onFrame?: (frame: GatewayFrame) => void; connect?: boolean } = {},
): Promise<SimAgent> {
  const { connect = true, ...more } = options;
  if (connect) {
    const [agent] = await stage.agents(1, prefix, { servers: [server], ...more });
    if (agent !== undefined) return agent;
  }
  const [identity] = await stage.identities(1, prefix);
  if (identity === undefined) throw new Error('no identity');
  return stage.agent(identity, { servers: [server], ...more });
}

const connected = (agent: SimAgent) =>
  eventually('connected', () => agent.connected(), { withinMs: 10_000, everyMs: 10 });
const gone = (agent: SimAgent) =>
  eventually(
    'the ledger knows that it is gone',
    async () => {
      const row = await stage.database.db
        .selectFrom('agent')
        .select('disconnected_at')
        .where('id', '=', agent.agentId)
        .executeTakeFirst();
      return row?.disconnected_at;
    },
    { withinMs: 5_000, everyMs: 20 },
  );
const only = async (taskId: string) => {
  const [run] = await stage.runs(taskId);
  if (run === undefined) throw new Error('no run');
  return run;
};

function report(agent: SimAgent, run: RunRef, outcome: RunOutcome): void {
  const code = outcome === RunOutcome.RUN_OUTCOME_SUCCEEDED ? resultCodes.normalTermination : resultCodes.scriptFailed;
  agent.send({ body: { $case: 'result', value: RunResult.fromPartial({ run, outcome, code }) } });
}

describe('delivery', () => {
  it('runs a task on many agents: dispatched, acknowledged, each executed once, results and output stored', async () => {
    const agents = await stage.agents(40, 'many-', {
      servers: [server],
      play: {
        runMs: 5,
        result: () => ({ stdout: { head: Buffer.from('hello\n'), tail: Buffer.alloc(0), totalBytes: 6 } }),
      },
    });
    const taskId = await stage.submit(agents, { concurrency: 15 });
    await stage.step(taskId);
    const runs = await stage.reaches(taskId, 'succeeded');
    await eventually('the task ends', async () => (await stage.taskState(taskId)) === 'succeeded', {
      withinMs: 5_000,
      everyMs: 20,
    });
    expect(agents.flatMap((agent) => agent.spool.journal).sort()).toEqual(runs.map((run) => run.id).sort());
    const output = await stage.database.db
      .selectFrom('host_output')
      .select(['head', 'total_bytes'])
      .where('host_run_id', '=', runs[0]?.id ?? '')
      .execute();
    expect(output).toEqual([{ head: Buffer.from('hello\n'), total_bytes: '6' }]);
    await eventually('results are confirmed', () => agents.every((agent) => agent.spool.openRuns().length === 0), {
      withinMs: 5_000,
    });
  });

  it('sends after a reconnect what was marked but never sent, in the order of the numbers', async () => {
    const seen: string[] = [];
    const agent = await one('crash-', {
      onFrame: ({ body }) => {
        if (body?.$case === 'run') seen.push(`run ${body.value.seq}`);
        if (body?.$case === 'caughtUp') seen.push(`through ${body.value.seq}`);
      },
    });
    const tasks = [await stage.submit([agent]), await stage.submit([agent]), await stage.submit([agent])];
    // The gateway that should have sent them died in between: nobody delivers.
    for (const taskId of tasks) await stage.step(taskId, { deliver: false });
    expect(agent.spool.journal).toEqual([]);
    seen.length = 0;
    agent.reconnect();
    for (const taskId of tasks) await stage.reaches(taskId, 'succeeded');
    expect(seen).toEqual(['run 1', 'run 2', 'run 3', 'through 3']);
    expect(agent.spool.journal).toHaveLength(3);
  });

  it('delivers later numbers without a gap when an earlier one was never delivered', async () => {
    const agent = await one('gap-');
    const first = await stage.submit([agent]);
    const second = await stage.submit([agent]);
    await stage.step(first, { deliver: false });
    await stage.step(second);
    await stage.reaches(second, 'succeeded');
    await stage.reaches(first, 'succeeded');
    const order = [await only(first), await only(second)].map((run) => run.id);
    expect(agent.spool.journal).toEqual(order);
  });

  it('answers a Resync with everything outstanding, and with which numbers are void', async () => {
    const frames: GatewayFrame['body'][] = [];
    const agent = await one('resync-', { onFrame: ({ body }) => void frames.push(body) });
    agent.setMute(true);
    const taskId = await stage.submit([agent]);
    await stage.step(taskId);
    await eventually('the command came', () => frames.some((body) => body?.$case === 'run'), {
      withinMs: 5_000,
      everyMs: 10,
    });
    frames.length = 0;
    agent.setMute(false);
    agent.send({ body: { $case: 'resync', value: { lastSeq: 0 } } });
    await stage.reaches(taskId, 'succeeded');
    expect(frames.map((body) => body?.$case)).toEqual(expect.arrayContaining(['run', 'caughtUp']));
    expect(agent.spool.journal).toHaveLength(1);
  });

  it('a kill that comes before the run is known leaves a tombstone: the run never starts', async () => {
    const agent = await one('tomb-', { connect: false });
    const taskId = await stage.submit([agent]);
    await stage.step(taskId, { deliver: false });
    await transact(stage.database.db, (tx) => killHostRunsInFlight(tx, taskId));
    expect((await only(taskId)).state).toBe('killing');
    agent.start();
    await stage.reaches(taskId, 'revoked');
    expect((await only(taskId)).code).toBe(resultCodes.revokedBeforeStart);
    expect(agent.spool.journal).toEqual([]);
  });

  it('kills what runs: killing until the agent says so', async () => {
    const agent = await one('kill-');
    agent.setPlay({ runMs: Infinity });
    const taskId = await stage.submit([agent]);
    await stage.step(taskId);
    await stage.reaches(taskId, 'running');
    await transact(stage.database.db, (tx) => killHostRunsInFlight(tx, taskId));
    await stage.step(taskId);
    await stage.reaches(taskId, 'killed');
    expect((await only(taskId)).code).toBe(resultCodes.killedByOperator);
  });

  it('loses what was dispatched to a spool that is gone, and sends none of it again', async () => {
    const agent = await one('wiped-');
    agent.setPlay({ runMs: Infinity });
    const running = await stage.submit([agent]);
    await stage.step(running);
    await stage.reaches(running, 'running');
    agent.crash();
    await gone(agent);
    const unsent = await stage.submit([agent]);
    await stage.step(unsent);
    agent.spool.wipe();
    agent.start();
    for (const taskId of [running, unsent]) {
      await stage.reaches(taskId, 'lost');
      expect((await only(taskId)).code).toBe(resultCodes.spoolReplaced);
    }
    await connected(agent);
    expect(agent.spool.journal).toHaveLength(1);
    agent.setPlay({});
    const after = await stage.submit([agent]);
    await stage.step(after);
    await stage.reaches(after, 'succeeded');
  });

  it('takes the true result of a lost run once, as late', async () => {
    let confirmations = 0;
    const agent = await one('late-', {
      onFrame: ({ body }) => void (body?.$case === 'resultStored' && confirmations++),
    });
    agent.setPlay({ runMs: Infinity });
    const taskId = await stage.submit([agent]);
    await stage.step(taskId);
    await stage.reaches(taskId, 'running');
    agent.crash();
    await gone(agent);
    await eventually(
      'it is lost',
      async () => {
        await stage.step(taskId, { leaseMs: 1 });
        return (await only(taskId)).state === 'lost';
      },
      { withinMs: 5_000, everyMs: 20 },
    );
    expect(await stage.taskState(taskId)).toBe('failed');
    agent.start();
    await connected(agent);
    const ref = { runId: (await only(taskId)).id, taskId, attempt: 1 };
    report(agent, ref, RunOutcome.RUN_OUTCOME_SUCCEEDED);
    await stage.reaches(taskId, 'succeeded');
    report(agent, ref, RunOutcome.RUN_OUTCOME_FAILED);
    await eventually('both are confirmed', () => confirmations === 2, { withinMs: 5_000, everyMs: 10 });
    const run = await only(taskId);
    expect([run.state, run.late]).toEqual(['succeeded', true]);
    expect(await stage.taskState(taskId)).toBe('failed');
    const timeline = await stage.database.db
      .selectFrom('task_timeline')
      .select('kind')
      .where('task_id', '=', taskId)
      .execute();
    expect(timeline.filter((row) => row.kind === 'late-result')).toHaveLength(1);
  });

  it('sends the revocation of a lost attempt before the new attempt', async () => {
    const seen: string[] = [];
    const agent = await one('retry-', {
      onFrame: ({ body }) => {
        if (body?.$case === 'run' || body?.$case === 'revoke') seen.push(`${body.$case} ${body.value.run?.attempt}`);
      },
    });
    agent.setMute(true);
    const taskId = await stage.submit([agent]);
    await stage.step(taskId);
    await eventually('the command came', () => seen.length > 0, { withinMs: 5_000, everyMs: 10 });
    agent.crash();
    await gone(agent);
    await sql`update host_run set state = 'lost' where task_id = ${taskId}`.execute(stage.database.db);
    await transact(stage.database.db, (tx) => renewHostRuns(tx, taskId));
    await sql`update task set state = 'running' where id = ${taskId}`.execute(stage.database.db);
    await stage.step(taskId);
    seen.length = 0;
    agent.setMute(false);
    agent.start();
    await eventually(
      'attempt 2 succeeded',
      async () => (await stage.runs(taskId)).some((run) => run.attempt === 2 && run.state === 'succeeded'),
      {
        withinMs: 10_000,
      },
    );
    expect(seen).toEqual(['revoke 1', 'run 2']);
    expect(agent.spool.journal).toHaveLength(1);
  });

  it('confirms a repeated result again and changes nothing', async () => {
    let confirmations = 0;
    const agent = await one('dup-', {
      onFrame: ({ body }) => void (body?.$case === 'resultStored' && confirmations++),
    });
    const taskId = await stage.submit([agent]);
    await stage.step(taskId);
    await stage.reaches(taskId, 'succeeded');
    const { id } = await only(taskId);
    const read = () => stage.database.db.selectFrom('host_run').selectAll().where('id', '=', id).executeTakeFirst();
    const before = await read();
    await eventually('the first confirmation', () => confirmations === 1, { withinMs: 5_000, everyMs: 10 });
    report(agent, { runId: id, taskId, attempt: 1 }, RunOutcome.RUN_OUTCOME_FAILED);
    await eventually('the second confirmation', () => confirmations === 2, { withinMs: 5_000, everyMs: 10 });
    expect(await read()).toEqual(before);
  });
});
