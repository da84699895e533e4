import { type RawBuilder, sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { Approver, FlowStep } from '#domain/changes/policy.ts';
import type { TicketPosition } from './lock-ticket.ts';

/** Somebody who can approve a step now. */
export interface StepApprover {
  readonly id: string;
  readonly name: string;
}

/**
 * Who can approve a step at this moment, by name: enabled users that the step means (once escalated, those it is
 * escalated to as well) and people added for it, without those who handed their part on and, under four eyes, without
 * the requester. Nothing of this is remembered: grants and roles count as they are now. `stepIndex` counts from 0.
 */
export async function approversOf(
  db: Database,
  step: FlowStep,
  ticket: { ticketId: string; stepIndex: number; escalated: boolean; requesterId: string; fourEyes: boolean },
): Promise<StepApprover[]> {
  const meant = ticket.escalated ? [...step.approvers, ...step.escalateTo] : step.approvers;
  const { rows } = await sql<StepApprover>`
    select u.id, u.name from "user" u
    left join ticket_approver a on a.ticket_id = ${ticket.ticketId}::uuid and a.step = ${ticket.stepIndex} and a.user_id = u.id
    where not u.disabled
      and (a.may or (a.may is null and ${means(meant, step.nodeIds)}))
      and (not ${ticket.fourEyes}::boolean or u.id <> ${ticket.requesterId})
    order by u.name, u.id`.execute(db);
  return rows;
}

/** Whether the policy means this user for the step, or for its escalation. */
export async function isMeant(db: Database, step: FlowStep, userId: string): Promise<boolean> {
  const { rows } = await sql`
    select from "user" u where u.id = ${userId} and ${means([...step.approvers, ...step.escalateTo], step.nodeIds)}`.execute(
    db,
  );
  return rows.length > 0;
}

/** Condition on a user `u`: one of these approvers is them, their role, or an owner of these nodes. */
function means(approvers: readonly Approver[], stepNodeIds: readonly string[]): RawBuilder<unknown> {
  const userIds = approvers.flatMap((one) => (one.type === 'user' ? [one.userId] : []));
  const roles = approvers.flatMap((one) => (one.type === 'role' ? [one.role] : []));
  const nodeIds = approvers.some((one) => one.type === 'owners') ? stepNodeIds : [];
  return sql`(
    u.id = any (${userIds}::text[]) or u.role = any (${roles}::text[])
    or u.id in (
      select g.user_id from node n join node_grant g on g.node_id = any (string_to_array(n.path::text, '.')::bigint[])
      where n.id = any (${[...nodeIds]}::bigint[]) and g.role = 'ops-owner'))`;
}

/**
 * Who can approve step `index` (from 0) of a ticket now. Whether it was escalated is known of the current step by the
 * ticket, of a passed one by the timeline; a later one is not yet.
 */
export async function approversOfStep(db: Database, ticket: TicketPosition, index: number): Promise<StepApprover[]> {
  const { flow } = ticket.change;
  const step = flow.steps[index];
  if (step === undefined) return [];
  return approversOf(db, step, {
    ticketId: ticket.id,
    stepIndex: index,
    escalated: await isEscalated(db, ticket, index),
    requesterId: ticket.requesterId,
    fourEyes: flow.fourEyes,
  });
}

async function isEscalated(db: Database, ticket: TicketPosition, index: number): Promise<boolean> {
  if (index === ticket.step) return ticket.escalated;
  if (index > ticket.step || (ticket.change.flow.steps[index]?.escalateTo.length ?? 0) === 0) return false;
  const { rows } = await sql`select from ticket_timeline
    where ticket_id = ${ticket.id}::uuid and kind = 'escalated' and version = ${ticket.version}
      and (details->>'step')::int = ${index} limit 1`.execute(db);
  return rows.length > 0;
}
