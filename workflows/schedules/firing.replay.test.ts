import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import proto from '@temporalio/proto';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { quietTemporal } from '#tests/support/quiet-temporal.ts';
import { workflowBundle } from '#workers/workflow-bundle.ts';

interface RecordedHistory {
  events: {
    workflowExecutionStartedEventAttributes?: { workflowId: string };
    activityTaskScheduledEventAttributes?: { activityType: { name: string } };
  }[];
}

let bundle: WorkflowBundleOption;
beforeAll(async () => {
  quietTemporal();
  bundle = await workflowBundle();
});

const recorded = () =>
  JSON.parse(
    readFileSync(join(import.meta.dirname, 'histories', 'asked-and-answered.json'), 'utf8'),
  ) as RecordedHistory;

function replay(history: RecordedHistory): Promise<void> {
  const workflowId = history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  const plain = proto.temporal.api.history.v1.History.fromObject(history);
  return Worker.runReplayHistory({ workflowBundle: bundle }, plain, workflowId);
}

describe('the recorded history of a firing', () => {
  it('replays', async () => {
    await replay(recorded());
  });

  it('would not against a workflow that asks the ledger for something else', async () => {
    const history = recorded();
    for (const { activityTaskScheduledEventAttributes: scheduled } of history.events)
      if (scheduled !== undefined) scheduled.activityType.name = 'somethingElse';
    await expect(replay(history)).rejects.toThrow(/[Nn]ondeterminis/);
  });
});
