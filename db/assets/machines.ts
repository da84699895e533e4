import { sql } from 'kysely';
import { agentStateSql } from '#db/agents/agents.ts';
import type { Database } from '#db/database.ts';
import type { AgentState } from '#domain/agents/agent.ts';
import type { Facts } from '#domain/agents/facts.ts';

/** A machine with the agent that serves it now (the one that is not revoked), if any. */
export interface MachineSummary {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly identity: string;
  readonly agentId: string | null;
  readonly agentState: AgentState | null;
}

function selectMachines(db: Database) {
  return db
    .selectFrom('machine as m')
    .leftJoin('agent as a', (join) => join.onRef('a.machine_id', '=', 'm.id').on('a.revoked_at', 'is', null))
    .leftJoin('gateway as g', 'g.id', 'a.gateway_id')
    .select(['m.id', 'm.name', 'm.address', 'm.identity', 'a.id as agentId'])
    .select(sql<AgentState | null>`case when a.id is not null then ${agentStateSql} end`.as('agentState'));
}

export async function getMachine(
  db: Database,
  id: string,
): Promise<(MachineSummary & { facts: Facts | null }) | undefined> {
  return selectMachines(db).select('m.facts').where('m.id', '=', id).executeTakeFirst();
}

/** What a host reported, in which session. */
export interface ReportedFacts {
  readonly agentId: string;
  readonly epoch: number;
  readonly hash: string;
  readonly facts: Facts;
}
