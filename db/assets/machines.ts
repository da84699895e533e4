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

/** Machines by id, in no order. */
export async function getMachines(db: Database, ids: readonly string[]): Promise<MachineSummary[]> {
  if (ids.length === 0) return [];
  return selectMachines(db)
    .where(sql<boolean>`m.id = any(${ids}::uuid[])`)
    .execute();
}

/**
 * The machines that each word names: by name (whatever its case), else by address. The answer has one entry per word
 * in the given order; none: no such host; several: an address that machines share.
 */
export async function findMachines(
  db: Database,
  words: readonly string[],
): Promise<{ word: string; machines: MachineSummary[] }[]> {
  const found = words.map((word) => ({ word, machines: [] as MachineSummary[] }));
  if (words.length === 0) return found;
  const { rows } = await sql<{ ord: string; id: string }>`
    select w.ord, coalesce(named.id, addressed.id) as id
    from unnest(${words}::text[]) with ordinality as w(word, ord)
    left join machine named on lower(named.name) = lower(w.word)
    left join machine addressed on named.id is null and addressed.address = w.word and w.word <> ''
    where coalesce(named.id, addressed.id) is not null
    order by w.ord`.execute(db);
  const machines = new Map(
    (await getMachines(db, [...new Set(rows.map((row) => row.id))])).map((machine) => [machine.id, machine]),
  );
  for (const row of rows) {
    const machine = machines.get(row.id);
    if (machine !== undefined) found[Number(row.ord) - 1]?.machines.push(machine);
  }
  return found;
}

/** What a host reported, in which session. */
export interface ReportedFacts {
  readonly agentId: string;
  readonly epoch: number;
  readonly hash: string;
  readonly facts: Facts;
}
