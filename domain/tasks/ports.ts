import { durableWorkflowId } from '../durables.ts';
import type { Reason } from '../reasons.ts';
import type { TaskState } from './task.ts';
import type { TaskCounts } from './host-run.ts';

/** The Temporal task queue of one gateway. */
export const gatewayTaskQueue = (gatewayId: string): string => `gateway-${gatewayId}`;
export const taskWorkflowId = (taskId: string): string => durableWorkflowId('task', taskId);

/** What one `advance` did; a repeat of the same step answers the same. */
export interface AdvanceResult {
  /** The ledger's step. Other than the one asked for: nothing was done, go on from here. */
  readonly step: number;
  readonly state: TaskState;
  readonly ended: boolean;
  readonly counts: TaskCounts;
  /** Gateways that hold a host with a command of this step to send; bounded by the number of gateways. */
  readonly deliverTo: readonly string[];
  /** When to look again even without a nudge (leases, lost nudges), in milliseconds. */
  readonly recheckMs: number;
  readonly title: string;
  readonly requester: string;
  /** The first few, for Temporal's own display and search. */
  readonly nodes: readonly string[];
  /** The ticket that let it go, which wants to hear of its end. */
  readonly ticketId?: string;
}

export interface OperationResult {
  readonly applied: boolean;
  /** Why not. */
  readonly reason?: Reason;
  readonly state: TaskState;
  /** Gateways that hold a host with a command of this operation to send. */
  readonly deliverTo?: readonly string[];
}

/** Activities of the task workflow that need the ledger only. All are idempotent by their key. */
export interface TaskActivities {
  /** Moves a task on to `step` = its last step + 1 (any other step changes nothing): loses, stops, hands out, ends. Unknown task: non-retryable `not-found`. */
  advanceTask(input: { taskId: string; step: number }): Promise<AdvanceResult>;
  /** Carries out what a person asked for; the row, not the caller, says who and what (idempotent by operationId). */
  applyTaskOperation(input: { taskId: string; operationId: string }): Promise<OperationResult>;
}

/** Runs on the gateway that holds the connections, on its own task queue. */
export interface DeliverActivities {
  /** Sends every outstanding command of the task to hosts connected here now. For speed only: a reconnect sends them too. */
  deliverTask(input: { taskId: string }): Promise<{ sent: number }>;
}
