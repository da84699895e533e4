import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import proto from '@temporalio/proto';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { quietTemporal } from '#tests/support/quiet-temporal.ts';
import { workflowBundle } from '#workers/workflow-bundle.ts';

const directory = join(import.meta.dirname, 'histories');
const files = readdirSync(directory).filter((file) => file.endsWith('.json'));

interface RecordedHistory {
  events: {
    eventType: string;
    workflowExecutionStartedEventAttributes?: { workflowId: string };
    activityTaskScheduledEventAttributes?: { activityType: { name: string } };
    startChildWorkflowExecutionInitiatedEventAttributes?: { workflowId: string };
  }[];
}
const read = (file: string) => JSON.parse(readFileSync(join(directory, file), 'utf8')) as RecordedHistory;
const lastEvent = (file: string) => read(file).events.at(-1)?.eventType;

let bundle: WorkflowBundleOption;
beforeAll(async () => {
  quietTemporal();
  bundle = await workflowBundle();
});

async function replay(history: RecordedHistory): Promise<void> {
  const workflowId = history.events[0]!.workflowExecutionStartedEventAttributes!.workflowId;
  await Worker.runReplayHistory(
    { workflowBundle: bundle },
    proto.temporal.api.history.v1.History.fromObject(history),
    workflowId,
  );
}

describe('recorded histories of the ticket workflow', () => {
  it('are there, also of a run that handed on and of the one that took over', () => {
    expect(files.length).toBeGreaterThanOrEqual(7);
    expect(lastEvent('continued-as-new.run-1.json')).toBe('EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW');
    expect(lastEvent('continued-as-new.json')).toBe('EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED');
  });

  it.each(files)('%s replays', (file) => replay(read(file)));

  it('would not replay against a workflow that asks the ledger for something else', async () => {
    const history = read('rejected.json');
    const scheduled = history.events.find((event) => event.activityTaskScheduledEventAttributes !== undefined);
    scheduled!.activityTaskScheduledEventAttributes!.activityType.name = 'somethingElse';
    await expect(replay(history)).rejects.toThrow(/[Nn]ondeterminis/);
  });

  it('would not replay against a workflow that starts the task under another id', async () => {
    const history = read('approved-and-done.json');
    const started = history.events.find((e) => e.startChildWorkflowExecutionInitiatedEventAttributes !== undefined);
    started!.startChildWorkflowExecutionInitiatedEventAttributes!.workflowId = 'task/another';
    await expect(replay(history)).rejects.toThrow(/[Nn]ondeterminis/);
  });
});
