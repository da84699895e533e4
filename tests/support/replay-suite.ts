import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import proto from '@temporalio/proto';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DurableName } from '#domain/names.ts';
import { workflowBundle } from '#workers/workflow-bundle.ts';
import { quietTemporal } from './quiet-temporal.ts';

interface RecordedEvent {
  eventType: string;
  workflowExecutionStartedEventAttributes?: { workflowId: string };
  activityTaskScheduledEventAttributes?: { activityType: { name: string } };
  startChildWorkflowExecutionInitiatedEventAttributes?: { workflowId: string };
}
interface RecordedHistory {
  events: RecordedEvent[];
}

/** Ways in which a workflow can have done something else; each answers whether the event could be made to say so. */
const others: Readonly<Record<string, (event: RecordedEvent) => boolean>> = {
  'asks the ledger for something else'({ activityTaskScheduledEventAttributes: scheduled }) {
    if (scheduled !== undefined) scheduled.activityType.name = 'somethingElse';
    return scheduled !== undefined;
  },
  'starts another workflow'({ startChildWorkflowExecutionInitiatedEventAttributes: started }) {
    if (started !== undefined) started.workflowId = 'task/another';
    return started !== undefined;
  },
};

/** The recorded histories of a noun's workflow: they replay, and would not against a workflow that does something else. */
export function replaySuite(noun: DurableName, directory: string): void {
  const files = readdirSync(directory).filter((file) => file.endsWith('.json'));
  const read = (file: string) => JSON.parse(readFileSync(join(directory, file), 'utf8')) as RecordedHistory;
  const lastEvent = (file: string) => read(file).events.at(-1)?.eventType;

  let bundle: WorkflowBundleOption;
  beforeAll(async () => {
    quietTemporal();
    bundle = await workflowBundle();
  });

  async function replay(history: RecordedHistory): Promise<void> {
    const workflowId = history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId;
    expect(workflowId).toMatch(new RegExp(`^${noun}/`));
    await Worker.runReplayHistory(
      { workflowBundle: bundle },
      proto.temporal.api.history.v1.History.fromObject(history),
      workflowId,
    );
  }

  describe(`recorded histories of the ${noun} workflow`, () => {
    it('are there, also of a run that handed on and of the one that took over', () => {
      expect(files.length).toBeGreaterThanOrEqual(5);
      expect(lastEvent('continued-as-new.run-1.json')).toBe('EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW');
      expect(lastEvent('continued-as-new.json')).toBe('EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED');
    });

    it.each(files)('%s replays', (file) => replay(read(file)));

    const changed = Object.entries(others).flatMap(([how, change]) => {
      const file = files.find((one) => read(one).events.some((event) => change(event)));
      return file === undefined ? [] : [{ how, change, file }];
    });
    it.each(changed)('would not replay against a workflow that $how ($file)', async ({ change, file }) => {
      const history = read(file);
      history.events.find((event) => change(event));
      await expect(replay(history)).rejects.toThrow(/[Nn]ondeterminis/);
    });
  });
}
