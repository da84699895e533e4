import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '#platform/logging.ts';
import { eventually } from '#tests/support/eventually.ts';
import { startTestTemporal, type TestTemporal } from '#tests/support/temporal.ts';
import { createGatewayWorker } from './gateway.worker.ts';

let temporal: TestTemporal;
beforeAll(async () => {
  temporal = await startTestTemporal();
});
afterAll(() => temporal.remove());

describe('createGatewayWorker', () => {
  it('starts without Temporal, polls once it is there, and stops in good order', async () => {
    await temporal.crash();
    const worker = createGatewayWorker(
      {
        SIGNALBOX_TEMPORAL_ADDRESS: temporal.address,
        SIGNALBOX_TEMPORAL_NAMESPACE: 'default',
        SIGNALBOX_GATEWAY_ID: 'gateway-1',
      },
      { activities: { deliverTask: () => Promise.resolve({ sent: 0 }) }, logger: silentLogger },
    );
    await worker.start();
    expect(worker.ready()).toBe(false);
    await temporal.start();
    await eventually('it polls', () => worker.ready(), { withinMs: 60_000, everyMs: 100 });
    await worker.stop();
    expect(worker.ready()).toBe(false);
  });
});
