import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { transact } from '#ledger/kernel/transact.ts';
import type { ChangeKindName } from '#domain/names.ts';
import { type PolicyMode, policySchema } from '#domain/changes/policy.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { judgeChange, listEffectivePolicies } from './judge-change.ts';
import { removePolicy, setPolicy } from './set-policy.ts';

const machines = 10_000;
const machineId = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  // infra (1), infra.prod (2) with all machines but the first; every fifth hangs on lab (3) too; the first is unbound.
  await sql`insert into node (id, parent_id, name, name_key, path) overriding system value values
    (1, null, 'infra', 'infra', '1'), (2, 1, 'prod', 'prod', '1.2'), (3, null, 'lab', 'lab', '3')`.execute(db);
  await sql`insert into machine (id, name, identity)
    select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'm' || n, gen_random_uuid()
    from generate_series(1, ${machines}::int) n`.execute(db);
  await sql`insert into node_machine (node_id, machine_id, bound_by)
    select 2, id, 'test' from machine where id <> ${machineId(1)}::uuid
    union all select 3, id, 'test' from machine where right(id::text, 1) in ('0', '5')`.execute(db);
  await sql`analyze`.execute(db);
});
beforeEach(() => database.db.deleteFrom('change_policy').execute());
afterAll(() => database.remove());

function set(nodeId: string | null, mode: PolicyMode, more: object = {}, kind: ChangeKindName = 'task.run') {
  const steps = mode === 'ticket' ? [{ approvers: [{ type: 'owners' }] }] : [];
  const policy = policySchema.parse({ mode, steps, ...more });
  return transact(database.db, (tx) => setPolicy(tx, { kind, nodeId }, policy, 'test'));
}
const verdictOf = (...numbers: number[]) =>
  judgeChange(database.db, { kind: 'task.run', machineIds: numbers.map(machineId), nodeIds: [] });
const modeOf = async (...numbers: number[]) => (await verdictOf(...numbers)).mode;

describe('judgeChange', () => {
  it('is direct where no policy of this kind is set', async () => {
    await set(null, 'forbidden', {}, 'manual.step');
    expect(await verdictOf(1, 2)).toMatchObject({ mode: 'direct', flow: { steps: [] }, decidedBy: [] });
  });

  it('looks at every node that a machine is bound to; the strictest wins, one protected machine is enough', async () => {
    await set('3', 'ticket');
    expect([await modeOf(2), await modeOf(5), await modeOf(2, 3, 5), await modeOf(1)]).toEqual([
      ...['direct', 'ticket', 'ticket', 'direct'],
    ]);
    await set('1', 'forbidden');
    expect([await modeOf(2), await modeOf(5), await modeOf(1)]).toEqual(['forbidden', 'forbidden', 'direct']);
    await set('2', 'direct');
    expect([await modeOf(2), await modeOf(5)]).toEqual(['direct', 'ticket']);
    const { flow, decidedBy } = await verdictOf(5);
    expect(flow.steps).toMatchObject([{ policyNode: 'lab', nodeIds: ['3'] }]);
    expect(decidedBy).toEqual([
      { node: 'lab', mode: 'ticket' },
      { node: 'infra.prod', mode: 'direct' },
    ]);
  });

  it('takes the policy of the whole tree for what is bound nowhere, and where no nearer one is set', async () => {
    await set(null, 'ticket');
    await set('1', 'direct');
    expect([await modeOf(1), await modeOf(2), await modeOf(5), await modeOf()]).toEqual([
      ...['ticket', 'direct', 'ticket', 'ticket'],
    ]);
    expect((await verdictOf(1)).flow.steps).toMatchObject([{ policyNode: null, nodeIds: [] }]);
  });

  it('judges nodes that are named themselves', async () => {
    await set('1', 'ticket');
    const judged = await judgeChange(database.db, { kind: 'task.run', machineIds: [], nodeIds: ['2'] });
    expect(judged.flow.steps).toMatchObject([{ policyNode: 'infra', nodeIds: ['2'] }]);
    expect((await judgeChange(database.db, { kind: 'task.run', machineIds: [], nodeIds: ['3'] })).mode).toBe('direct');
  });

  it('gives another policy version after each edit that matters, and after removing and setting anew', async () => {
    await set('2', 'ticket');
    const first = (await verdictOf(2)).flow.policyVersion;
    await set('3', 'direct');
    expect((await verdictOf(2)).flow.policyVersion).toBe(first);
    await set('2', 'ticket', { fourEyes: false });
    const second = (await verdictOf(2)).flow.policyVersion;
    await transact(database.db, (tx) => removePolicy(tx, { kind: 'task.run', nodeId: '2' }));
    await set('2', 'ticket', { steps: [{ approvers: [{ type: 'role', role: 'admin' }] }] });
    const third = (await verdictOf(2)).flow.policyVersion;
    expect(new Set([first, second, third]).size).toBe(3);
  });

  it('judges 10,000 machines in a few reads', async () => {
    await set('3', 'ticket');
    const all = Array.from({ length: machines }, (_, index) => machineId(index + 1));
    const started = performance.now();
    const { mode, flow } = await judgeChange(database.db, { kind: 'task.run', machineIds: all, nodeIds: [] });
    expect(performance.now() - started).toBeLessThan(1_000);
    expect({ mode, nodeIds: flow.steps.map((step) => step.nodeIds) }).toEqual({ mode: 'ticket', nodeIds: [['3']] });
  });
});

describe('editing policies', () => {
  it('raises the version, tells what was there, and goes back to what is inherited', async () => {
    expect(await set('1', 'ticket')).toMatchObject({ before: undefined, version: 1 });
    expect(await set('1', 'forbidden')).toMatchObject({ before: { mode: 'ticket' }, version: 2 });
    const held = async () => (await listEffectivePolicies(database.db, ['1', '2']))[0]?.policy;
    expect(await held()).toMatchObject({ mode: 'forbidden', node: 'infra', version: 2, updatedBy: 'test' });
    const gone = await transact(database.db, (tx) => removePolicy(tx, { kind: 'task.run', nodeId: '1' }));
    expect(gone).toMatchObject({ mode: 'forbidden' });
    expect(await transact(database.db, (tx) => removePolicy(tx, { kind: 'task.run', nodeId: '1' }))).toBeUndefined();
    expect(await held()).toBeUndefined();
  });

  it('refuses a node that is gone, and keeps one policy per place when several set it at once', async () => {
    await expect(set('77', 'direct')).rejects.toMatchObject({ type: 'not-found', reason: { code: 'no-such-node' } });
    const versions = await Promise.all(Array.from({ length: 5 }, async () => (await set(null, 'direct')).version));
    expect(versions.toSorted()).toEqual([1, 2, 3, 4, 5]);
  });
});
