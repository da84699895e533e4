import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultCodes } from '#domain/tasks/result-codes.ts';
import { deleteSecret, deleteSecretVersion } from '#ledger/secrets/edit-secret.ts';
import { transact } from '#ledger/kernel/transact.ts';
import type { RunCommand } from '#proto/gen/agent.ts';
import { createGatewayStage, type GatewayStage } from '#tests/support/gateway-stage.ts';
import type { SimAgent } from '#tests/support/sim-agent.ts';

const value = 'canary-4f0d2a9b';
const by = { actor: { id: 'u1', name: 'alice' } };
const folder = mkdtempSync(join(tmpdir(), 'signalbox-keys-'));
let stage: GatewayStage;
const servers: string[] = [];

beforeAll(async () => {
  stage = await createGatewayStage();
  for (const id of ['gateway-1', 'gateway-2']) servers.push((await stage.startGateway(id)).address);
});
afterAll(async () => {
  await stage.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Connected agents, with every run command that one of them got. */
async function agents(
  prefix: string,
  options: { servers?: readonly string[]; protocol?: number; count?: number } = {},
): Promise<{ sims: SimAgent[]; got: RunCommand[] }> {
  const got: RunCommand[] = [];
  const { servers: dialled = servers.slice(0, 1), count = 1, ...more } = options;
  const sims = await stage.agents(count, prefix, {
    servers: dialled,
    ...more,
    onFrame: ({ body }) => void (body?.$case === 'run' && got.push(body.value)),
  });
  return { sims, got };
}
const ended = async (taskId: string, state: 'succeeded' | 'failed') => {
  const [run] = await stage.reaches(taskId, state);
  const { detail } = await stage.database.db
    .selectFrom('host_run')
    .select('detail')
    .where('id', '=', run?.id ?? '')
    .executeTakeFirstOrThrow();
  return { code: run?.code, detail };
};

/** Every row of every table, as text. */
async function everyRow(): Promise<string> {
  const { rows: tables } = await sql<{ name: string }>`
    select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`.execute(stage.database.db);
  const texts = await Promise.all(
    tables.map(async ({ name }) => {
      const { rows } = await sql<{ text: string }>`select t::text as text from ${sql.raw(name)} t`.execute(
        stage.database.db,
      );
      return rows.map(({ text }) => text).join('\n');
    }),
  );
  return texts.join('\n');
}

describe('secrets that a task names', () => {
  it('get their values in the frame to the agent, by whichever gateway holds it, and in no row', async () => {
    const reference = await stage.keepSecret('handed-out', value);
    await stage.keepSecret('handed-out', `${value}-newer`);
    const first = await agents('one-', { count: 2 });
    const second = await agents('two-', { servers: servers.slice(1) });
    const taskId = await stage.submit([...first.sims, ...second.sims], {}, { PLAIN: 'text', PASSWORD: reference });
    await stage.step(taskId);
    await stage.reaches(taskId, 'succeeded');
    const commands = [...first.got, ...second.got];
    expect(commands.map(({ env }) => env)).toEqual(Array(3).fill({ PLAIN: 'text', PASSWORD: value }));
    expect(commands.map(({ secretNames }) => secretNames)).toEqual(Array(3).fill(['PASSWORD']));
    const rows = await everyRow();
    expect(rows).toContain('v1.');
    expect(rows).not.toContain('canary');
  });

  it('are opened again by the gateway that an agent comes to after its own has died', async () => {
    const reference = await stage.keepSecret('moved', value);
    const { gateway, address } = await stage.startGateway('gateway-3');
    const { sims, got } = await agents('moves-', { servers: [address, servers[1] ?? ''] });
    const taskId = await stage.submit(sims, {}, { PASSWORD: reference });
    await stage.step(taskId, { deliver: false });
    expect(got).toEqual([]);
    await gateway.stop();
    await stage.reaches(taskId, 'succeeded');
    expect(got.map(({ env }) => env)).toEqual([{ PASSWORD: value }]);
  });

  it('end a host whose version was destroyed before it was handed out, once and for good', async () => {
    const pinned = await stage.keepSecret('destroyed', value);
    const whole = await stage.keepSecret('deleted', value);
    await stage.keepSecret('destroyed', `${value}-newer`);
    const { sims, got } = await agents('gone-');
    const tasks = [await stage.submit(sims, {}, { A: pinned }), await stage.submit(sims, {}, { A: whole })];
    await transact(stage.database.db, async (tx) => {
      await deleteSecretVersion(tx, pinned.id, pinned.version, { by });
      await deleteSecret(tx, whole.id, { by });
    });
    const ends = [];
    for (const taskId of tasks) {
      await stage.step(taskId);
      ends.push(await ended(taskId, 'failed'));
      await stage.step(taskId);
    }
    expect(ends).toEqual([
      { code: resultCodes.secretGone, detail: "'destroyed@1'" },
      { code: resultCodes.secretGone, detail: "'deleted@1'" },
    ]);
    expect(sims[0]?.spool.journal).toEqual([]);
    expect(got).toHaveLength(2);
    expect(await stage.taskState(tasks[0] ?? '')).toBe('failed');
  });

  it('end a host whose gateway has another key, and say so', async () => {
    const other = join(folder, 'other-key');
    writeFileSync(other, randomBytes(48).toString('base64'));
    const { address } = await stage.startGateway('gateway-4', { secretKeyFile: other });
    const { sims } = await agents('other-key-', { servers: [address] });
    const reference = await stage.keepSecret('unreadable', value);
    const taskId = await stage.submit(sims, {}, { A: reference });
    await stage.step(taskId);
    expect(await ended(taskId, 'failed')).toEqual({ code: resultCodes.secretUnreadable, detail: "'unreadable@1'" });
  });

  it('are not given to an agent that would not mask them: it gets what no agent can start', async () => {
    const reference = await stage.keepSecret('for-new-agents', value);
    const { sims, got } = await agents('old-', { protocol: 1 });
    const plain = await stage.submit(sims, {}, { PLAIN: 'text' });
    const taskId = await stage.submit(sims, {}, { A: reference });
    for (const id of [plain, taskId]) await stage.step(id);
    expect((await ended(taskId, 'failed')).detail).toBe('this agent is too old to be given secrets');
    await stage.reaches(plain, 'succeeded');
    const refused = got.find(({ run }) => run?.taskId === taskId);
    expect(Object.keys(refused?.env ?? {})).toEqual([expect.not.stringMatching(/^[A-Za-z_][A-Za-z0-9_]*$/)]);
    expect(JSON.stringify(got)).not.toContain(value);
  });
});
