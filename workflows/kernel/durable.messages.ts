import type { UpdateDefinition } from '@temporalio/common';
import { defineSignal } from '@temporalio/workflow';
import { controlTaskQueue, durableWorkflowId, type OperationInput } from '#domain/durables.ts';
import type { DurableName } from '#domain/names.ts';

/** Something happened in the ledger: look again. Carries nothing; every durable workflow takes it. */
export const nudgeSignal = defineSignal<[]>('nudge');

/** How everybody starts the workflow of one subject. */
export interface StartOptions<Input> {
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly args: [Input];
  readonly workflowIdConflictPolicy: 'USE_EXISTING';
  readonly workflowIdReusePolicy: 'ALLOW_DUPLICATE';
}

/** What a noun's workflow is told, and by what options it is started. */
export interface DurableMessages<Noun extends DurableName = DurableName> {
  /** The workflow type, spelled as the noun is. */
  readonly type: Noun;
  readonly startOptions: (id: string) => StartOptions<unknown>;
  /** The Update by which each action is asked for; the Update's id is the operation's. */
  readonly updates: Readonly<Record<string, UpdateDefinition<unknown, [OperationInput]>>>;
}

/** One workflow per subject at a time; "already started" is success, and an ended one may be started again. */
export function startOptions<Input>(noun: DurableName, id: string, input: Input): StartOptions<Input> {
  return {
    workflowId: durableWorkflowId(noun, id),
    taskQueue: controlTaskQueue,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  };
}
