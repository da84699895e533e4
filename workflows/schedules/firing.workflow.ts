import { ApplicationFailure } from '@temporalio/common';
import { CancellationScope, proxyActivities, workflowInfo } from '@temporalio/workflow';
import { firingWorkflowId, type FiringResult, type ScheduleActivities } from '#domain/schedules/ports.ts';
import { isRowId } from '../kernel/row-id.ts';

// Tried until the ledger answers; a try that a dying worker took along is noticed after the time-out.
const { fireSchedule } = proxyActivities<ScheduleActivities>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '200 milliseconds', maximumInterval: '10 seconds' },
});

/** What a Temporal Schedule gives to the workflows that it starts. */
export interface FiringInput {
  readonly scheduleId: string;
}

/**
 * One time at which a schedule is due. The ledger knows by itself when that is: whoever starts this by hand makes nothing run.
 * So a cancellation from Temporal's side changes nothing either; a schedule is paused in the ledger.
 */
export async function firing(input: FiringInput): Promise<FiringResult> {
  const { scheduleId } = input;
  const { workflowId } = workflowInfo();
  const dueAt = isRowId(scheduleId) ? dueAtOf(workflowId, scheduleId) : undefined;
  if (dueAt === undefined) {
    throw ApplicationFailure.nonRetryable('A firing is firing/<id of a schedule>-<time>', 'invalid-input');
  }
  return CancellationScope.nonCancellable(() => fireSchedule({ scheduleId, dueAt }));
}

function dueAtOf(workflowId: string, scheduleId: string): string | undefined {
  const begin = `${firingWorkflowId(scheduleId)}-`;
  const time = workflowId.startsWith(begin) ? workflowId.slice(begin.length) : '';
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time) ? time : undefined;
}
