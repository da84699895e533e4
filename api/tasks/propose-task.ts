import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { RouteDeps } from '#api/kernel/deps.ts';
import type { ApiEnv } from '#api/kernel/http/env.ts';
import { callerOf } from '#api/kernel/http/guard.ts';
import { originOf } from '#api/kernel/http/origin.ts';
import type { TaskCounts } from '#domain/tasks/host-run.ts';
import type { TaskRunProposal } from '#domain/tasks/task-run.kind.ts';
import type { ProposalAnswer } from '#ledger/changes/propose.ts';
import { defaultTitle, payloadOf } from './task-input.ts';
import type { SubmittedTask, taskInputSchema } from './tasks.contract.ts';

/** A task as it was sent, checked by the contract. */
export type TaskInputOut = z.output<typeof taskInputSchema>;

/** What became of a submission: 201 on its way, 202 it has a ticket to wait for. */
export interface TaskSubmission {
  readonly status: 201 | 202;
  readonly task: SubmittedTask;
  readonly ticket: ProposalAnswer['ticket'];
}

/** A task that was sent, as its kind takes it. Wrong fields are named as they were sent. */
export function taskProposalOf(input: TaskInputOut): TaskRunProposal {
  const payload = payloadOf(input);
  return { title: input.title ?? defaultTitle(payload), payload, strategy: input.strategy, target: input.target };
}

/** Proposes a task and starts what may start now. `scope` is where the key holds, like `POST /api/v1/tasks`. */
export async function proposeTask(
  c: Context<ApiEnv>,
  deps: Pick<RouteDeps, 'database' | 'propose' | 'durables'>,
  input: TaskInputOut,
  key: string | undefined,
  scope: string,
): Promise<TaskSubmission> {
  const { fresh, answer } = await deps.propose(deps.database.db, {
    proposer: callerOf(c),
    origin: originOf(c),
    kind: 'task.run',
    payload: taskProposalOf(input),
    runAt: input.runAt,
    expiresAt: input.expiresAt,
    key: key === undefined ? undefined : { value: key, scope, asked: c.get('sent') },
  });
  c.set('decided', true);
  const { subjectId: id, title, ticket } = answer;
  if (fresh && ticket === null) deps.durables.start('task', id);
  if (fresh && ticket !== null) deps.durables.start('ticket', ticket.id);
  const { counts } = answer.about as { counts: TaskCounts };
  const state = ticket === null ? 'submitted' : 'awaiting-approval';
  return {
    status: ticket === null ? 201 : 202,
    task: { id, state, title, ticketId: ticket?.id ?? null, counts: { ...counts } },
    ticket,
  };
}
