import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';
import { silentLogger } from '#platform/logging.ts';
import { openTemporalClient, type TemporalClientHandle } from '#platform/temporal.ts';
import { startTestTemporal, type TestTemporal } from '#tests/support/temporal.ts';
import { createControlWorker } from '#workers/control.worker.ts';
import type { PollingWorker } from '#workers/polling-worker.ts';

let server: TestTemporal;
let temporal: TemporalClientHandle;
let api: TestApi;
let worker: PollingWorker;

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
  for (let n = 0; n < 3; n++) await api.machine(`op-${n}`, { nodes: ['ops'] });
});
afterAll(async () => {
  await worker.stop();
  await api.remove();
  await temporal.close();
  await server.remove();
});

async function untilState(id: string, state: string): Promise<void> {
  for (const deadline = Date.now() + 20_000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const { body } = await api.call('GET', `/api/v1/tasks/${id}`);
    if (body.state === state) return;
    if (Date.now() > deadline) throw new Error(`the task is ${body.state}, not ${state}`);
  }
}

describe('operations on a task that runs', () => {
  it('are done when they answer: pause, continue, kill, and typed refusals between', async () => {
    const { body } = await api.call('POST', '/api/v1/tasks', {
      body: { target: { node: 'ops' }, command: ['true'], strategy: { concurrency: 1 } },
    });
    await untilState(body.id, 'running');
    const operate = (action: string) => api.call('POST', `/api/v1/tasks/${body.id}/${action}`);
    expect(await operate('pause')).toMatchObject({ status: 200, body: { state: 'applied', taskState: 'paused' } });
    expect(await operate('pause')).toMatchObject({ status: 409, body: { reason: 'already-paused' } });
    expect(await operate('continue')).toMatchObject({ status: 200, body: { state: 'applied', taskState: 'running' } });
    expect(await operate('retry-failed')).toMatchObject({ status: 409, body: { reason: 'nothing-to-retry' } });
    expect(await operate('kill')).toMatchObject({ status: 200, body: { state: 'applied', taskState: 'killing' } });
    expect(await operate('kill')).toMatchObject({ status: 409, body: { reason: 'kill-already-requested' } });
    expect(await operate('pause')).toMatchObject({ status: 409 });
    const { body: hosts } = await api.call('GET', `/api/v1/tasks/${body.id}/hosts`);
    expect(hosts.items.map((run) => run.state)).toEqual(['killing', 'revoked', 'revoked']);
    const { body: audit } = await api.call('GET', `/api/v1/audit?target=${body.id}`);
    expect(audit.items.map((row) => row.action)).toEqual([
      'task.kill',
      'task.retry-failed',
      'task.continue',
      'task.pause',
      'task.run',
    ]);
  });

  it('say when the platform is ready but for a gateway', async () => {
    const { body } = await api.call('GET', '/api/v1/status');
    expect(body.reasons).toEqual(['no gateway is alive']);
  });
});
