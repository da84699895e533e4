import { createPublicKey, randomUUID, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getAgent } from '#db/agents/agents.ts';
import { revokeAgent } from '#ledger/agents/revoke-agent.ts';
import { eventually } from '#tests/support/eventually.ts';
import { createGatewayStage, type GatewayStage } from '#tests/support/gateway-stage.ts';
import { enrolSim, renewSim, type SimIdentity } from '#tests/support/sim-enrol.ts';
import { generateKeyPem, openCertificateAuthority } from './pki/certificate-authority.ts';
import { issueAgentCertificate } from './pki/issue-certificate.ts';
import { transact } from '#ledger/kernel/transact.ts';

let stage: GatewayStage;
let server: string;
let caPem: string;

beforeAll(async () => {
  stage = await createGatewayStage();
  server = (await stage.startGateway()).address;
  caPem = stage.authority.certificatePem;
});
afterAll(() => stage.remove());

const enrol = (token: string, more: { name: string; identity?: string; keyPem?: string }) =>
  enrolSim(server, token, { caPem, ...more });
const refusal = (code: status, message: RegExp) => ({ code, message: expect.stringMatching(message) as string });

describe('enrolment', () => {
  it('gives a certificate for a token, with which a session opens; ledger and audit know the agent', async () => {
    const sim = await enrol(await stage.token(), { name: 'web-1' });
    const agent = stage.agent(sim, { servers: [server] });
    agent.start();
    await eventually('connected', () => agent.connected(), { withinMs: 10_000, everyMs: 20 });
    const row = await getAgent(stage.database.db, sim.agentId);
    expect(row).toMatchObject({
      name: 'web-1',
      state: 'online',
      identity: sim.identity,
      gatewayId: 'gateway-1',
      version: 'sim',
    });
    expect(await stage.audit('agent.enrol')).toMatchObject([{ outcome: 'allowed', target: 'web-1' }]);
    const days = (new X509Certificate(sim.certificatePem).validToDate.getTime() - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(29.9);
    expect(days).toBeLessThan(30.1);
  });

  it('answers the same key the same certificate as often as it asks, and no other key', async () => {
    const token = await stage.token();
    const keyPem = await generateKeyPem();
    const identity = randomUUID();
    const first = await enrol(token, { name: 'web-2', identity, keyPem });
    expect(await enrol(token, { name: 'web-2', identity, keyPem })).toEqual(first);
    await expect(enrol(token, { name: 'web-2b' })).rejects.toMatchObject(
      refusal(status.UNAUTHENTICATED, /used already/),
    );
  });

  it('lets one of two agents that race with one token win', async () => {
    const token = await stage.token();
    const all = await Promise.allSettled(['race-1', 'race-2', 'race-3'].map((name) => enrol(token, { name })));
    expect(all.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    for (const one of all)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: status.UNAUTHENTICATED });
  });

  it('refuses an expired token and one for another name, with an audit row each', async () => {
    const expired = await stage.token({ ttlMs: 1 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(enrol(expired, { name: 'old-1' })).rejects.toMatchObject(refusal(status.UNAUTHENTICATED, /expired/));
    const named = await stage.token({ agentName: 'only-me' });
    await expect(enrol(named, { name: 'someone' })).rejects.toMatchObject(refusal(status.PERMISSION_DENIED, /only-me/));
    expect((await enrol(named, { name: 'only-me' })).name).toBe('only-me');
    const denied = (await stage.audit('agent.enrol'))
      .filter((row) => row.outcome === 'denied')
      .map((row) => row.details['reason']);
    expect(denied).toEqual(expect.arrayContaining(['expired-token', 'other-name']));
  });

  it('refuses a name in use by another agent, and a machine name of another identity', async () => {
    const { agentId } = await enrol(await stage.token(), { name: 'db-1' });
    await expect(enrol(await stage.token(), { name: 'DB-1' })).rejects.toMatchObject(
      refusal(status.ALREADY_EXISTS, /another agent/),
    );
    await transact(stage.database.db, (tx) => revokeAgent(tx, agentId));
    await expect(enrol(await stage.token(), { name: 'db-1' })).rejects.toMatchObject(
      refusal(status.ALREADY_EXISTS, /another machine/),
    );
  });

  it('refuses a name that reads as an address or an id: hosts are named by these too', async () => {
    for (const name of ['10.0.0.7', '0x7f.1', randomUUID()]) {
      await expect(enrol(await stage.token(), { name })).rejects.toMatchObject(
        refusal(status.INVALID_ARGUMENT, /no address or id/),
      );
    }
  });

  it('replaces the offline agent of the same machine under a new id, and the old certificate opens nothing', async () => {
    const identity = randomUUID();
    const first = await enrol(await stage.token(), { name: 'app-1', identity });
    const second = await enrol(await stage.token(), { name: 'app-1', identity });
    expect(second.agentId).not.toBe(first.agentId);
    const [old, now] = await Promise.all([first, second].map(({ agentId }) => getAgent(stage.database.db, agentId)));
    expect([old?.state, now?.state, now?.machineId]).toEqual(['revoked', 'offline', old?.machineId]);
    const ghost = stage.agent(first, { servers: [server] });
    ghost.start();
    await eventually('refused', () => ghost.lastEnd(), { withinMs: 5_000, everyMs: 20 });
    ghost.crash();
    expect(ghost.lastEnd()).toMatchObject(refusal(status.UNAUTHENTICATED, /revoked/));
  });

  it('refuses an identity whose agent is online, and marks the machine as a suspected clone', async () => {
    const identity = randomUUID();
    const first = await enrol(await stage.token(), { name: 'clone-1', identity });
    const agent = stage.agent(first, { servers: [server] });
    agent.start();
    await eventually('connected', () => agent.connected(), { withinMs: 5_000, everyMs: 20 });
    await expect(enrol(await stage.token(), { name: 'clone-2', identity })).rejects.toMatchObject(
      refusal(status.FAILED_PRECONDITION, /copied identity/),
    );
    const row = await getAgent(stage.database.db, first.agentId);
    expect([row?.state, row?.cloneSuspectedAt]).toEqual(['online', expect.any(String)]);
  });

  it('binds the machine to the node that the token names', async () => {
    const { db } = stage.database;
    const { id: nodeId } = await db
      .insertInto('node')
      .values({ parent_id: null, name: 'demo', name_key: 'demo', path: '1' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const { agentId } = await enrol(await stage.token({ nodeId }), { name: 'bound-1' });
    const agent = await getAgent(db, agentId);
    expect(await db.selectFrom('node_machine').select(['node_id', 'machine_id']).execute()).toEqual([
      { node_id: nodeId, machine_id: agent?.machineId },
    ]);
    expect((await stage.audit('agent.enrol')).at(-1)).toMatchObject({ target: 'bound-1', nodes: ['demo'] });
    await transact(db, (tx) => revokeAgent(tx, agentId, { actor: { id: null, name: 'root' } }));
    expect((await stage.audit('agent.revoke')).at(-1)).toMatchObject({
      actor: 'root',
      target: 'bound-1',
      nodes: ['demo'],
      details: { id: agentId },
    });
  });

  it('refuses a guessed secret, and after ten tries the address', async () => {
    const other = await createGuessStage();
    const guess = (secret: string) =>
      enrolSim(other.server, `sbj_${other.tokenId}.${secret}.${'0'.repeat(64)}`, { caPem, name: 'evil' });
    for (let tries = 0; tries < 10; tries++) {
      await expect(guess(randomUUID().padEnd(43, 'x'))).rejects.toMatchObject(
        refusal(status.UNAUTHENTICATED, /not valid/),
      );
    }
    await expect(guess('y'.repeat(43))).rejects.toMatchObject(refusal(status.RESOURCE_EXHAUSTED, /too many/));
  });

  async function createGuessStage() {
    // A gateway of its own: its limiter stays off the other tests.
    const { address } = await stage.startGateway('gateway-guess');
    const token = await stage.token();
    return { server: address, tokenId: token.slice(4, 40) };
  }
});

describe('renewal', () => {
  const issue = async (lifeMs: number): Promise<SimIdentity> => {
    const [sim] = await stage.identities(1, `renew-${randomUUID().slice(0, 8)}-`, lifeMs);
    if (sim === undefined) throw new Error('no identity');
    return sim;
  };

  it('renews an expired certificate for the same key, which is all that an expired one may do', async () => {
    const expired = await issue(-3_600_000);
    const agent = stage.agent(expired, { servers: [server] });
    agent.start();
    await eventually('refused', () => agent.lastEnd(), { withinMs: 5_000, everyMs: 20 });
    expect(agent.lastEnd()).toMatchObject(refusal(status.UNAUTHENTICATED, /only Renew/));
    agent.setIdentity(await renewSim(server, expired));
    await eventually('connected', () => agent.connected(), { withinMs: 5_000, everyMs: 20 });
  });

  it('refuses another key, a revoked agent, and a certificate that expired over 90 days ago', async () => {
    const sim = await issue(86_400_000);
    const other = await generateKeyPem();
    await expect(renewSim(server, sim, { csrKeyPem: other })).rejects.toMatchObject(
      refusal(status.PERMISSION_DENIED, /keeps the key/),
    );
    await transact(stage.database.db, (tx) => revokeAgent(tx, sim.agentId));
    await expect(renewSim(server, sim)).rejects.toMatchObject(refusal(status.UNAUTHENTICATED, /revoked/));
    await expect(renewSim(server, await issue(-91 * 86_400_000))).rejects.toMatchObject(
      refusal(status.UNAUTHENTICATED, /expired-too-long/),
    );
    expect((await stage.audit('agent.renew')).map((row) => row.outcome)).toEqual(expect.arrayContaining(['denied']));
  });

  it('keeps the old certificate good until the new one was used, then no longer', async () => {
    const before = await issue(3_600_000);
    const renewed = await renewSim(server, before);
    const connects = async (sim: SimIdentity) => {
      const agent = stage.agent(sim, { servers: [server] });
      agent.start();
      await eventually('an answer', () => agent.connected() || agent.lastEnd(), { withinMs: 5_000, everyMs: 20 });
      const answer = agent.connected();
      agent.crash();
      return answer;
    };
    expect([await connects(before), await connects(renewed), await connects(before)]).toEqual([true, true, false]);
  });

  it('refuses a certificate of another authority', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-other-ca-'));
    const sim = await issue(3_600_000);
    const spki = createPublicKey(sim.keyPem).export({ format: 'der', type: 'spki' });
    const other = await openCertificateAuthority(folder);
    const foreign = await issueAgentCertificate(other, {
      agentId: sim.agentId,
      name: sim.name,
      spki,
      lifeMs: 3_600_000,
    });
    rmSync(folder, { recursive: true });
    await expect(renewSim(server, { ...sim, certificatePem: foreign.certificatePem })).rejects.toMatchObject(
      refusal(status.UNAUTHENTICATED, /unknown-authority/),
    );
  });

  it('is refused by an agent that pins another authority', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-other-ca-'));
    const other = await openCertificateAuthority(folder);
    rmSync(folder, { recursive: true });
    const token = await stage.token();
    await expect(enrolSim(server, token, { caPem: other.certificatePem, name: 'pins' })).rejects.toThrow(
      /certificate/i,
    );
  });
});
