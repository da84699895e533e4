import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { isEndedTask, taskStates } from '#domain/tasks/task.ts';
import { isEndedTicket, ticketStates } from '#domain/tickets/ticket.ts';

/** What hangs on a node and everything below it. All but `nodes` counts the node itself too. */
export interface NodeImpact {
  /** Below it, without itself. */
  readonly nodes: number;
  /** Distinct ones. */
  readonly machines: number;
  readonly grants: number;
  readonly policies: number;
  readonly openTasks: number;
  readonly openTickets: number;
}

const openTaskStates = taskStates.filter((state) => !isEndedTask(state));
const openTicketStates = ticketStates.filter((state) => !isEndedTicket(state));

/** Counts what a move or a deletion of the node takes along, in one look. */
export async function countImpact(db: Database, idPath: string): Promise<NodeImpact> {
  const { rows } = await sql<NodeImpact>`
    with part as materialized (select id from node where path <@ ${idPath}::ltree)
    select (select count(*)::int - 1 from part) as nodes,
      (select count(distinct machine_id)::int from node_machine where node_id in (select id from part)) as machines,
      (select count(*)::int from node_grant where node_id in (select id from part)) as grants,
      (select count(*)::int from change_policy where node_id in (select id from part)) as policies,
      (select count(distinct t.id)::int from part join task_node tn on tn.node_id = part.id join task t on t.id = tn.task_id
        where t.state = any (${openTaskStates})) as "openTasks",
      (select count(distinct k.id)::int from part join ticket_node kn on kn.node_id = part.id
        join ticket k on k.id = kn.ticket_id where k.state = any (${openTicketStates})) as "openTickets"`.execute(db);
  return rows[0] ?? { nodes: 0, machines: 0, grants: 0, policies: 0, openTasks: 0, openTickets: 0 };
}
