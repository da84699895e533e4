import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { Approver } from '#domain/changes/policy.ts';
import type { Actor } from '#domain/identity/permissions.ts';

/** What decides who may see a ticket. */
export interface TicketAccess {
  readonly id: string;
  readonly requesterId: string;
  /** Nodes that it is about, with the ids from the root to each. */
  readonly nodes: readonly { readonly id: string; readonly ids: readonly string[] }[];
  /** Everybody whom its flow names, now or at a later step, as principals. */
  readonly principals: readonly string[];
  /** Users who have decided, or were added by name. */
  readonly userIds: readonly string[];
}

interface AccessRow {
  id: string;
  requesterId: string;
  paths: string[];
  waiting: string[];
  userIds: string[];
  steps: { approvers: Approver[]; escalateTo: Approver[]; nodeIds: string[] }[];
}

/** Undefined where there is no such ticket. */
export async function findTicketAccess(db: Database, ticketId: string): Promise<TicketAccess | undefined> {
  const { rows } = await sql<AccessRow>`
    select t.id, t.requester_id as "requesterId", c.flow -> 'steps' as steps,
      array(select ltree2text(n.path) from ticket_node tn join node n on n.id = tn.node_id
            where tn.ticket_id = t.id) as paths,
      array(select w.principal from ticket_waiting w where w.ticket_id = t.id) as waiting,
      array(select d.actor_id from ticket_decision d where d.ticket_id = t.id
            union select a.user_id from ticket_approver a where a.ticket_id = t.id) as "userIds"
    from ticket t join change_version c on c.ticket_id = t.id and c.version = t.version
    where t.id = ${ticketId}::uuid`.execute(db);
  const row = rows[0];
  if (row === undefined) return undefined;
  const nodes = row.paths.map((path) => {
    const ids = path.split('.');
    return { id: ids.at(-1) ?? '', ids };
  });
  return {
    id: row.id,
    requesterId: row.requesterId,
    nodes,
    principals: [...row.waiting, ...(await principalsOf(db, row.steps))],
    userIds: row.userIds,
  };
}

async function principalsOf(db: Database, steps: AccessRow['steps']): Promise<string[]> {
  const meant = steps.flatMap((step) => step.approvers);
  const ownersOf = steps.flatMap((step) =>
    step.approvers.some((approver) => approver.type === 'owners') ? step.nodeIds : [],
  );
  const { rows } =
    ownersOf.length === 0
      ? { rows: [] }
      : await sql<{ id: string }>`
          select distinct unnest(string_to_array(ltree2text(path), '.')) as id from node
          where id = any (${[...new Set(ownersOf)]}::bigint[])`.execute(db);
  return [
    ...meant.flatMap((approver) => {
      if (approver.type === 'user') return [`user:${approver.userId}`];
      return approver.type === 'role' ? [`role:${approver.role}`] : [];
    }),
    ...rows.map(({ id }) => `owner:${id}`),
  ];
}

/** The names under which a ticket may wait for somebody: their own, their role's, and as owner of nodes. */
export function principalsOfActor(actor: Actor): string[] {
  const owned = [...actor.grants].filter(([, role]) => role === 'ops-owner').map(([nodeId]) => `owner:${nodeId}`);
  return [`user:${actor.id}`, `role:${actor.role}`, ...owned];
}
