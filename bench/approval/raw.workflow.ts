import {
  condition,
  defineUpdate,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { RawActivities } from './raw-activities.ts';

/** The queues of the two workers of the raw program. */
export const rawQueue = 'bench-raw';
export const rawGatewayQueue = 'bench-raw-gateway';

const { decide, release, advance } = proxyActivities<RawActivities>({ startToCloseTimeout: '30 seconds' });
const { deliver } = proxyActivities<RawActivities>({ taskQueue: rawGatewayQueue, startToCloseTimeout: '30 seconds' });

/** An Update whose handler runs one activity, as a decision does. */
export const decideUpdate = defineUpdate<number, []>('decide');
/** An Update that does nothing: the least that the server and one worker take. */
export const bareUpdate = defineUpdate<number, []>('bare');

/** The steps of an approval without any of its work: Update, two activities, child start. */
export async function rawTicket(): Promise<void> {
  let decided = false;
  setHandler(bareUpdate, () => 1);
  setHandler(decideUpdate, async () => {
    await decide();
    decided = true;
    return 1;
  });
  await condition(() => decided);
  await release();
  await startChild(rawTask, {
    workflowId: `${workflowInfo().workflowId}/task`,
    parentClosePolicy: ParentClosePolicy.ABANDON,
  });
}

/** The steps of a task up to its first host: one activity, and one on a second queue. */
export async function rawTask(): Promise<void> {
  await advance();
  await deliver();
}
