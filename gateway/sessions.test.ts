import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { status } from '@grpc/grpc-js';
import { sql } from 'kysely';
import { countAgents, getAgent } from '#db/agents/agents.ts';
import { revokeAgent } from '#ledger/agents/revoke-agent.ts';
import { findMachines } from '#db/assets/find-machines.ts';
import { getMachine } from '#db/assets/machines.ts';
import type { Facts } from '#domain/agents/facts.ts';
import { resultCodes } from '#domain/tasks/result-codes.ts';
import { type AgentFrame, RunOutcome, RunResult } from '#proto/gen/agent.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createGatewayStage, type GatewayStage, type StagedGateway } from '#tests/support/gateway-stage.ts';
import type { SimAgent } from '#tests/support/sim-agent.ts';
import { type SimIdentity } from '#tests/support/sim-enrol.ts';
import { transact } from '#ledger/kernel/transact.ts';

let stage: GatewayStage;
let first: StagedGateway;
let second: StagedGateway;

beforeAll(async () => {
  stage = await createGatewayStage();
  first = await stage.startGateway('gateway-1');
  second = await stage.startGateway('gateway-2');
});
afterAll(() => stage.remove());

const connected = (agent: SimAgent) =>
  eventually(`${agent.name} is connected`, () => agent.connected(), { withinMs: 10_000, everyMs: 10 });
const ended = (agent: SimAgent, withinMs = 10_000) =>
  eventually(`${agent.name} was cut`, () => agent.lastEnd(), { withinMs, everyMs: 10 });

async function identity(prefix: string): Promise<SimIdentity> {
  const [sim] = await stage.identities(1, `${prefix}-`);
  if (sim === undefined) throw new Error('no identity');
  return sim;
}

async function agentOn(gateway: StagedGateway, prefix: string, sim?: SimIdentity): Promise<SimAgent> {
  const agent = stage.agent(sim ?? (await identity(prefix)), { servers: [gateway.address] });
  agent.start();
  await connected(agent);
  return agent;
}

function result(runId: string, taskId: string): AgentFrame {
  const value = RunResult.fromPartial({
    run: { runId, taskId, attempt: 1 },
    outcome: RunOutcome.RUN_OUTCOME_SUCCEEDED,
    code: 2,
  });
  return { body: { $case: 'result', value } };
}

describe('sessions', () => {
  it('cuts a revoked agent within 5 s, and does not let it back', async () => {
    const agent = await agentOn(first, 'revoked');
    agent.setPlay({ runMs: Infinity });
    const taskId = await stage.submit([agent]);
    await stage.step(taskId);
    const since = performance.now();
    await transact(stage.database.db, (tx) => revokeAgent(tx, agent.agentId));
    const end = await ended(agent);
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(end).toMatchObject({ code: status.UNAUTHENTICATED });
    await eventually('its task was nudged', () => stage.nudges.includes(taskId), { withinMs: 5_000, everyMs: 20 });
    await eventually('refused at the door', () => /has been revoked/.test(agent.lastEnd()?.message ?? ''), {
      withinMs: 5_000,
    });
  });

  it("refuses a result for another agent's run: nothing is stored, it is audited, the connection is closed", async () => {
    const [victim, thief] = [await agentOn(first, 'victim'), await agentOn(first, 'thief')];
    victim.setPlay({ runMs: Infinity });
    const taskId = await stage.submit([victim]);
    await stage.step(taskId);
    const [run] = await stage.reaches(taskId, 'running');
    thief.send(result(run?.id ?? '', taskId));
    expect(await ended(thief)).toMatchObject({ code: status.PERMISSION_DENIED });
    const rows = await eventually(
      'the audit row',
      async () => (await stage.audit('agent.report.refused')).find((row) => row.target === run?.id),
      { withinMs: 5_000, everyMs: 20 },
    );
    expect(rows).toMatchObject({
      outcome: 'denied',
      actor: thief.name,
      details: { agentId: thief.agentId, reason: 'foreign' },
    });
    expect((await stage.runs(taskId)).map((row) => row.state)).toEqual(['running']);
    expect(victim.connected()).toBe(true);
  });

  it('refuses a result for a run that does not exist', async () => {
    const agent = await agentOn(first, 'liar');
    agent.send(result(randomUUID(), randomUUID()));
    expect(await ended(agent)).toMatchObject({ code: status.PERMISSION_DENIED });
  });

  it('an older session of the same agent writes nothing once a newer one is open, on whatever gateway', async () => {
    const sim = await identity('twice');
    const older = await agentOn(first, '', sim);
    older.setPlay({ runMs: Infinity });
    const taskId = await stage.submit([older]);
    await stage.step(taskId);
    const [run] = await stage.reaches(taskId, 'running');
    // A second process with the same certificate and (by its own spool id) another disk would lose the run; same disk here.
    await stage.database.db.updateTable('agent').set({ spool_id: null }).where('id', '=', sim.agentId).execute();
    // Once cut, the older one finds nobody: it must not come back and take the session again.
    older.setServers(['127.0.0.1:9']);
    const newer = await agentOn(second, '', sim);
    expect(newer.epoch()).toBeGreaterThan(older.epoch());
    older.send(result(run?.id ?? '', taskId));
    await ended(older);
    older.crash();
    expect((await stage.runs(taskId)).map((row) => row.state)).toEqual(['running']);
    newer.send(result(run?.id ?? '', taskId));
    await stage.reaches(taskId, 'succeeded');
    expect((await getAgent(stage.database.db, sim.agentId))?.gatewayId).toBe('gateway-2');
  });

  it('an agent that reconnects to another gateway gets there what is outstanding', async () => {
    const agent = await agentOn(first, 'moves');
    agent.setMute(true);
    const taskId = await stage.submit([agent]);
    await stage.step(taskId);
    agent.setServers([second.address]);
    agent.setMute(false);
    agent.reconnect();
    await stage.reaches(taskId, 'succeeded');
    expect((await getAgent(stage.database.db, agent.agentId))?.gatewayId).toBe('gateway-2');
  });

  it('a run that an agent acknowledged and knows no more, on the same spool, is lost when it says hello', async () => {
    const sim = await identity('forgot');
    const agent = await agentOn(first, 'forgot', sim);
    agent.setPlay({ runMs: Infinity });
    const taskId = await stage.submit([agent]);
    await stage.step(taskId);
    await stage.reaches(taskId, 'running');
    agent.spool.forget();
    agent.reconnect();
    const [run] = await stage.reaches(taskId, 'lost');
    expect(run?.code).toBe(resultCodes.outcomeUnknown);
  });

  it('closes the connection of a frame over the limit, and of bytes that are no frame; others are unaffected', async () => {
    const [loud, mad, calm] = [await agentOn(first, 'loud'), await agentOn(first, 'mad'), await agentOn(first, 'calm')];
    const head = Buffer.alloc(5);
    head.writeUInt32BE(5 * 1024 * 1024, 1);
    loud.sendRaw(Buffer.concat([head, Buffer.alloc(64 * 1024)]));
    expect(await ended(loud)).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    mad.sendRaw(Buffer.from([0, 0, 0, 0, 2, 0xff, 0xff]));
    await ended(mad);
    expect([calm.connected(), calm.sessions()]).toEqual([true, 1]);
    const taskId = await stage.submit([calm]);
    await stage.step(taskId);
    await stage.reaches(taskId, 'succeeded');
  });

  it('keeps facts, asks for them only when the hash is new, and the main address of the host', async () => {
    const facts: Facts = {
      hostname: 'facts-1',
      addresses: [{ interface: 'eth0', address: '10.1.2.3', family: 'IPv4', mac: '00:11:22:33:44:55' }],
      os: { platform: 'linux', release: '6.1', name: 'Debian', version: '12', arch: 'x64' },
      cpu: { model: 'x', cores: 2 },
      memory: { totalBytes: 1024 },
      disks: [],
      bootId: 'b',
      machineId: 'm',
    };
    let asked = 0;
    const sim = await identity('facts');
    const agent = stage.agent(sim, {
      servers: [first.address],
      facts: { hash: 'h1', json: Buffer.from(JSON.stringify(facts)) },
      onFrame: ({ body }) => void (body?.$case === 'factsRequest' && asked++),
    });
    agent.start();
    const { db } = stage.database;
    const [{ machines } = { machines: [] }] = await findMachines(db, [sim.name.toUpperCase()]);
    const machine = await eventually(
      'facts are stored',
      async () => (await getMachine(db, machines[0]?.id ?? ''))?.facts,
      { withinMs: 5_000 },
    );
    expect(machine).toEqual(facts);
    agent.reconnect();
    await eventually('a second session', () => agent.sessions() === 2, { withinMs: 5_000, everyMs: 10 });
    agent.send({ body: { $case: 'facts', value: { hash: 'h2', json: Buffer.from('{"hostname":1}') } } });
    agent.send({
      body: {
        $case: 'facts',
        value: { hash: 'h3', json: Buffer.from(JSON.stringify({ ...facts, hostname: 'renamed' })) },
      },
    });
    await eventually(
      'new facts',
      async () => (await getMachine(db, machines[0]?.id ?? ''))?.facts?.hostname === 'renamed',
      { withinMs: 5_000 },
    );
    expect(asked).toBe(1);
  });

  it('counts agents of a gateway that died as offline, and ends its sessions when it starts again', async () => {
    const third = await stage.startGateway('gateway-3');
    const agent = await agentOn(third, 'orphan');
    const { db } = stage.database;
    const before = await countAgents(db);
    agent.crash();
    await third.gateway.stop();
    // What a kill -9 leaves behind: the session's row still open, the last heartbeat a while ago.
    await sql`update agent set disconnected_at = null where id = ${agent.agentId}`.execute(db);
    await sql`update gateway set heartbeat_at = now() - interval '15 seconds' where id = 'gateway-3'`.execute(db);
    expect((await countAgents(db)).online).toBe(before.online - 1);
    await stage.startGateway('gateway-3');
    expect((await getAgent(db, agent.agentId))?.disconnectedAt).not.toBeNull();
  });

  it('ends the sessions of a gateway that does not come back', async () => {
    const { db } = stage.database;
    const { agentId } = await identity('forgotten');
    await sql`update gateway set up_since = now() - interval '1 minute' where id = 'gateway-1'`.execute(db);
    await sql`insert into gateway (id, address, heartbeat_at) values ('gateway-dead', 'x:1', now() - interval '1 minute')`.execute(
      db,
    );
    await sql`update agent set gateway_id = 'gateway-dead', epoch = 1, connected_at = now() where id = ${agentId}`.execute(
      db,
    );
    await eventually('it is offline', async () => (await getAgent(db, agentId))?.disconnectedAt, { withinMs: 8_000 });
  });

  it('closes the row of a session that it does not hold, and cuts one whose announcement of revocation got lost', async () => {
    const { db } = stage.database;
    const { agentId } = await identity('stray');
    await sql`update agent set gateway_id = 'gateway-1', epoch = 7, connected_at = now() - interval '11 seconds' where id = ${agentId}`.execute(
      db,
    );
    const quiet = await agentOn(first, 'quiet');
    await sql`update agent set revoked_at = now() where id = ${quiet.agentId}`.execute(db);
    expect(await ended(quiet, 6_000)).toMatchObject({ code: status.UNAUTHENTICATED });
    await eventually('closed', async () => (await getAgent(db, agentId))?.disconnectedAt, {
      withinMs: 6_000,
      everyMs: 50,
    });
  });

  it('suspects a clone where two hosts take one session from each other, not where a host reboots', async () => {
    const sim = await identity('copied');
    const suspected = async () => (await getAgent(stage.database.db, sim.agentId))?.cloneSuspectedAt;
    const host = (bootId: string) => stage.agent(sim, { servers: [first.address], bootId });
    const [before, after, copy] = [host('boot-1'), host('boot-2'), host('boot-3')];
    before.start();
    await connected(before);
    before.crash();
    await sql`update agent set connected_at = now() - interval '1 day' where id = ${sim.agentId}`.execute(
      stage.database.db,
    );
    after.start();
    await connected(after);
    expect(await suspected()).toBeNull();
    copy.start();
    await eventually('suspicion', suspected, { withinMs: 10_000, everyMs: 20 });
    copy.crash();
  });

  it('sends its agents away when it stops: they are at the other gateway soon, and nothing is lost', async () => {
    const leaving = await stage.startGateway('gateway-4');
    const agents = await stage.agents(10, 'moving-', {
      servers: [leaving.address, first.address],
      play: { runMs: 300 },
    });
    const taskId = await stage.submit(agents);
    await stage.step(taskId);
    await stage.reaches(taskId, 'running');
    await leaving.gateway.stop();
    await stage.reaches(taskId, 'succeeded');
    const { rows } = await sql<{ gateway_id: string }>`
      select distinct gateway_id from agent where name like 'moving-%'`.execute(stage.database.db);
    expect(rows).toEqual([{ gateway_id: 'gateway-1' }]);
    expect(agents.flatMap((agent) => agent.spool.journal)).toHaveLength(10);
  });
});
