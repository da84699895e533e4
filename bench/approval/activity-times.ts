import type { Client } from '@temporalio/client';

/**
 * When the first activity of this type ended in a workflow, by the server's clock (epoch milliseconds). Server and
 * benchmark run on one machine, so that it compares with `Date.now()`.
 */
export async function activityEndedAt(client: Client, workflowId: string, type: string): Promise<number> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const scheduled = events?.find((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === type);
  const ended = events?.find(
    (event) =>
      scheduled?.eventId !== undefined &&
      String(event.activityTaskCompletedEventAttributes?.scheduledEventId) === String(scheduled.eventId),
  );
  const at = ended?.eventTime;
  if (at === undefined || at === null) throw new Error(`${workflowId} has no ended activity ${type}`);
  return Number(at.seconds) * 1_000 + (at.nanos ?? 0) / 1e6;
}
