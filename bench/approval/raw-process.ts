import { join } from 'node:path';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { rawActivities } from './raw-activities.ts';
import { rawGatewayQueue, rawQueue } from './raw.workflow.ts';

/** The workers of the raw program, in a process of their own; `argv[2]` is Temporal's address. */
const connection = await NativeConnection.connect({ address: process.argv[2] ?? '' });
const workflowBundle = await bundleWorkflowCode({ workflowsPath: join(import.meta.dirname, 'raw.workflow.ts') });
const workers = await Promise.all([
  Worker.create({ connection, taskQueue: rawQueue, workflowBundle, activities: rawActivities }),
  Worker.create({ connection, taskQueue: rawGatewayQueue, activities: rawActivities }),
]);
const running = Promise.all(workers.map((worker) => worker.run()));
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
await running;
