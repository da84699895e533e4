import { sql } from 'kysely';
import { changeKinds } from '#ledger/changes/change-kinds.ts';
import { judgeChange } from '#ledger/changes/judge-change.ts';
import type { Tx } from '#db/database.ts';
import { replaceTaskContent } from '#ledger/tasks/replace-task.ts';
import type { SubmittedHost } from '#ledger/tasks/submit-task.ts';
import type { ChangeContent } from '#domain/changes/change-kind.ts';
import type { TaskPayload, TaskStrategy } from '#domain/tasks/task.ts';
import { defaultRunWindowMs } from '#domain/tickets/ticket.ts';
import type { OperationToApply } from './check-operation.ts';
import { newVersion } from './new-version.ts';
import type { TicketOperation } from './ticket-operation.ts';
import { appendTicketTimeline } from './ticket-timeline.ts';

/** What the row of a resubmit holds: the api resolved hosts and rights when it wrote it. Times are ISO 8601 in UTC. */
export interface ResubmitDetails {
  readonly task: {
    readonly title: string;
    readonly payload: TaskPayload;
    readonly strategy: TaskStrategy;
    readonly runAt?: string | null;
    readonly expiresAt?: string | null;
  };
  readonly hosts: readonly SubmittedHost[];
  readonly nodes: readonly { readonly id: string; readonly fullName: string }[];
}

/** Machines of the task that a resubmit asks for. */
export function machineIdsOf(operation: TicketOperation): string[] {
  const { hosts } = operation.details as unknown as ResubmitDetails;
  return [...new Set(hosts.flatMap(({ machineId }) => (machineId === undefined ? [] : [machineId])))];
}

/**
 * Puts other content in place of what was asked for: the task's rows are replaced, policy is judged anew, and a new
 * version is made of the rows, for which everybody decides anew.
 */
export async function applyResubmit(tx: Tx, { ticket, operation, now }: OperationToApply): Promise<void> {
  const { task, hosts, nodes } = operation.details as unknown as ResubmitDetails;
  const { title, payload, strategy } = task;
  await replaceTaskContent(tx, ticket.subjectId, { title, payload, strategy, hosts, nodes });
  const runAt = timeOf(task.runAt);
  const expiresAt = timeOf(task.expiresAt) ?? (runAt === null ? null : new Date(runAt.getTime() + defaultRunWindowMs));
  await tx
    .updateTable('ticket')
    .set({ title, nodes: nodes.map(({ fullName }) => fullName), run_at: runAt, expires_at: expiresAt })
    .where('id', '=', ticket.id)
    .execute();
  await tx.deleteFrom('ticket_node').where('ticket_id', '=', ticket.id).execute();
  await sql`insert into ticket_node (ticket_id, node_id)
    select ${ticket.id}::uuid, id from unnest(${nodes.map(({ id }) => id)}::bigint[]) as node (id)
    on conflict do nothing`.execute(tx);
  // The steps may be others: whoever was added for one of them was added for the version before.
  await tx.deleteFrom('ticket_approver').where('ticket_id', '=', ticket.id).execute();

  const kind = changeKinds(tx).get(ticket.kind);
  const plan = await kind.plan(ticket.subjectId);
  const verdict = await judgeChange(tx, { kind: ticket.kind, machineIds: machineIdsOf(operation), nodeIds: [] });
  const content: ChangeContent = {
    kind: ticket.kind,
    schemaVersion: kind.schemaVersion,
    payload: plan.payload,
    targets: plan.targets,
    baseVersion: plan.baseVersion,
    runAt: runAt?.toISOString() ?? null,
  };
  await appendTicketTimeline(tx, {
    ticketId: ticket.id,
    version: ticket.version + 1,
    kind: 'resubmitted',
    actor: operation.actor.name,
    details: operation.message === '' ? {} : { message: operation.message },
  });
  await newVersion(tx, ticket.id, {
    content,
    flow: verdict.flow,
    risk: plan.risk,
    why: 'resubmitted',
    madeBy: operation.actor.name,
    voidReason: 'resubmitted',
    now,
  });
}

function timeOf(text: string | null | undefined): Date | null {
  return text === undefined || text === null ? null : new Date(text);
}
