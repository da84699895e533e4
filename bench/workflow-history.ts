import type { Client } from '@temporalio/client';
import { taskWorkflowId } from '#domain/tasks/ports.ts';

/** How much history a task left in Temporal, over all runs of its workflow (continue-as-new begins another). */
export interface WorkflowHistory {
  readonly runs: number;
  readonly events: number;
  readonly bytes: number;
}

export async function readWorkflowHistory(client: Client, taskId: string): Promise<WorkflowHistory> {
  const workflowId = taskWorkflowId(taskId);
  const last = await client.workflow.getHandle(workflowId).describe();
  const seen = new Map([[last.runId, last]]);
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
    if (!seen.has(runId)) seen.set(runId, await client.workflow.getHandle(workflowId, runId).describe());
  }
  const runs = [...seen.values()];
  return {
    runs: runs.length,
    events: runs.reduce((sum, run) => sum + run.historyLength, 0),
    bytes: runs.reduce((sum, run) => sum + (run.historySize ?? 0), 0),
  };
}
