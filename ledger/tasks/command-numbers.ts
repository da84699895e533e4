import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';

/** A number for a command to an agent, with what the agent's row says while it is locked. */
export interface CommandNumber {
  readonly seq: number;
  readonly spoolId: string | null;
  /** The gateway that holds the agent now, or null. */
  readonly gatewayId: string | null;
}

interface AgentRow {
  id: string;
  next_seq: string;
  spool_id: string | null;
  gateway_id: string | null;
}

/**
 * Takes the next number of each agent named, in the order given; an agent named twice gives two. Agents are locked in
 * the order of their ids, as everywhere, until the transaction ends. An agent that does not exist gives undefined.
 */
export async function takeCommandNumbers(tx: Tx, agentIds: readonly string[]): Promise<(CommandNumber | undefined)[]> {
  if (agentIds.length === 0) return [];
  const { rows } = await sql<AgentRow>`
    select id, next_seq, spool_id, case when disconnected_at is null then gateway_id end as gateway_id
    from agent where id = any(${[...new Set(agentIds)]}::uuid[]) order by id for no key update`.execute(tx);
  const agents = new Map(rows.map((row) => [row.id, { row, next: Number(row.next_seq) }]));
  const numbers = agentIds.map((agentId): CommandNumber | undefined => {
    const agent = agents.get(agentId);
    return agent && { seq: agent.next++, spoolId: agent.row.spool_id, gatewayId: agent.row.gateway_id };
  });
  await sql`
    update agent set next_seq = taken.next_seq
    from unnest(${[...agents.keys()]}::uuid[], ${[...agents.values()].map((agent) => agent.next)}::bigint[]) as taken (id, next_seq)
    where agent.id = taken.id`.execute(tx);
  return numbers;
}
