import { sql } from 'kysely';
import { type ReportedFacts } from '#db/assets/machines.ts';
import type { Database } from '#db/database.ts';

/** Keeps what hosts reported, as long as the session that reports is the agent's current one. Returns those agents. */
export async function storeFacts(
  db: Database,
  gatewayId: string,
  reports: readonly ReportedFacts[],
): Promise<Set<string>> {
  const column = <T>(value: (report: ReportedFacts) => T) => reports.map(value);
  const { rows } = await sql<{ agent_id: string }>`
    with mine as (
      select a.id as agent_id, a.machine_id, i.hash, i.facts
      from unnest(${column((r) => r.agentId)}::uuid[], ${column((r) => r.epoch)}::bigint[], ${column((r) => r.hash)}::text[],
        ${column((r) => JSON.stringify(r.facts))}::text[]) as i(agent_id, epoch, hash, facts)
      join agent a on a.id = i.agent_id and a.epoch = i.epoch and a.gateway_id = ${gatewayId}
      join machine m on m.id = a.machine_id
      order by m.id for no key update of m)
    update machine set facts = mine.facts::jsonb, facts_hash = mine.hash, facts_at = ledger_now()
    from mine where machine.id = mine.machine_id returning mine.agent_id`.execute(db);
  return new Set(rows.map((row) => row.agent_id));
}
