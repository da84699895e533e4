import { type Client, type Workflow, WithStartWorkflowOperation, type WorkflowStartOptions } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';

const callMs = 5_000;

/** A workflow as everybody starts it. */
export interface SentOn {
  readonly type: string;
  readonly options: WorkflowStartOptions<Workflow>;
}

/** Starts a workflow unless it runs, within 5 s or not at all. */
export async function startWorkflow(client: Client, { type, options }: SentOn): Promise<void> {
  await client.connection.withDeadline(Date.now() + callMs, () => client.workflow.start(type, options));
}

/** Hands an operation to a workflow, starting it where none runs. Returns once a worker has accepted it, within 5 s. */
export async function sendOperation(
  client: Client,
  { type, options }: SentOn,
  update: UpdateDefinition<unknown, [{ readonly operationId: string }]>,
  operationId: string,
): Promise<void> {
  const startWorkflowOperation = new WithStartWorkflowOperation(type, {
    ...options,
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  // A failed start is told by the Update itself; nobody waits for the handle.
  startWorkflowOperation.workflowHandle().catch(() => undefined);
  await client.connection.withDeadline(Date.now() + callMs, () =>
    client.workflow.startUpdateWithStart(update, {
      updateId: operationId,
      args: [{ operationId }],
      waitForStage: 'ACCEPTED',
      startWorkflowOperation,
    }),
  );
}
