import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';
import { type Person, personOf } from '#api/testing/ticket-people.ts';
import { silentLogger } from '#platform/logging.ts';
import { openTemporalClient, type TemporalClientHandle } from '#platform/temporal.ts';
import { startTestTemporal, type TestTemporal } from '#tests/support/temporal.ts';
import { createControlWorker } from '#workers/control.worker.ts';
import type { PollingWorker } from '#workers/polling-worker.ts';

let server: TestTemporal;
let temporal: TemporalClientHandle;
let api: TestApi;
let worker: PollingWorker;
let ann: Person;
let bob: Person;

beforeAll(async () => {
  server = await startTestTemporal();
  api = await startTestApi({ temporalAddress: server.address });
  temporal = openTemporalClient({ address: server.address, namespace: 'default' });
  worker = createControlWorker(
    {
      SIGNALBOX_TEMPORAL_ADDRESS: server.address,
      SIGNALBOX_TEMPORAL_NAMESPACE: 'default',
      SIGNALBOX_LEASE_MS: 300_000,
    },
    { db: api.db, maintenance: api.db, temporal, logger: silentLogger },
  );
  await worker.start();
  await api.call('POST', '/api/v1/nodes', { body: { path: 'ops' } });
  [ann, bob] = [personOf(api, await api.user('ann', 'ops')), personOf(api, await api.user('bob', 'ops'))];
  const policy = { mode: 'ticket', steps: [{ approvers: [{ type: 'role', role: 'ops' }] }] };
  const { status } = await api.call('PUT', '/api/v1/nodes/ops/policies/manual.step', { body: policy });
  expect(status).toBe(200);
});
afterAll(async () => {
  await worker.stop();
  await api.remove();
  await temporal.close();
  await server.remove();
});

describe('operations on a ticket whose workflow runs', () => {
  it('are done when they answer, from the approval to the end, and once', async () => {
    const input = { kind: 'manual.step', node: 'ops', title: 'swap', instructions: 'slot 3' };
    const { id } = (await ann.post('/api/v1/tickets', input)).body;
    expect(await bob.does('comment', id, { message: 'which slot?' })).toMatchObject({ status: 200 });
    expect(await ann.does('approve', id)).toMatchObject({ status: 403, body: { reason: 'self-approval' } });
    const key = crypto.randomUUID();
    const approved = await bob.does('approve', id, {}, key);
    expect(approved).toMatchObject({ status: 200, body: { state: 'applied', action: 'approve', actor: 'bob' } });
    for (const deadline = Date.now() + 20_000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
      const { state } = (await ann.get(`/api/v1/tickets/${id}`)).body;
      if (state === 'applying') break;
      if (Date.now() > deadline) throw new Error(`the ticket is ${state}`);
    }
    expect((await bob.does('approve', id, {}, key)).body).toMatchObject({ id: approved.body.id, state: 'applied' });
    expect(await bob.does('reject', id, { message: 'no' })).toMatchObject({ status: 409 });
    const done = await ann.does('complete', id, { outcome: 'done', message: 'swapped' });
    expect(done).toMatchObject({ status: 200, body: { state: 'applied', ticketState: 'done' } });
    expect(await ann.does('comment', id, { message: 'x' })).toMatchObject({ status: 409 });
    expect((await ann.get(`/api/v1/tickets/${id}`)).body).toMatchObject({ state: 'done', result: { succeeded: true } });
  });
});
