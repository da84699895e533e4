import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import proto from '@temporalio/proto';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { taskWorkflowId } from '#domain/tasks/ports.ts';
import { quietTemporal } from '#tests/support/quiet-temporal.ts';
import { workflowBundle } from '#workers/workflow-bundle.ts';

const directory = join(import.meta.dirname, 'histories');
const files = readdirSync(directory).filter((file) => file.endsWith('.json'));

interface RecordedHistory {
  events: {
    eventType: string;
    workflowExecutionStartedEventAttributes?: { workflowId: string };
    activityTaskScheduledEventAttributes?: { activityType: { name: string } };
  }[];
}
const read = (file: string) => JSON.parse(readFileSync(join(directory, file), 'utf8')) as RecordedHistory;

let bundle: WorkflowBundleOption;
beforeAll(async () => {
  quietTemporal();
  bundle = await workflowBundle();
});

async function replay(history: RecordedHistory): Promise<void> {
  const workflowId = history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId ?? taskWorkflowId('');
  await Worker.runReplayHistory(
    { workflowBundle: bundle },
    proto.temporal.api.history.v1.History.fromObject(history),
    workflowId,
  );
}

describe('recorded histories of the task workflow', () => {
  it('are there', () => expect(files.length).toBeGreaterThanOrEqual(5));

  it.each(files)('%s replays', (file) => replay(read(file)));

  it('would not replay against a workflow that does something else', async () => {
    const history = read(files[0]!);
    const scheduled = history.events.find((event) => event.activityTaskScheduledEventAttributes !== undefined);
    scheduled!.activityTaskScheduledEventAttributes!.activityType.name = 'somethingElse';
    await expect(replay(history)).rejects.toThrow(/[Nn]ondeterminis/);
  });
});
