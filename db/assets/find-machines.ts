import { sql } from 'kysely';
import { canonicalAddress, readsAsAddress } from '#domain/agents/address.ts';
import type { Database } from '#db/database.ts';
import type { TaskMachine } from '#db/tree/bindings.ts';

/** What a word names: none, one machine, or several that share an address. */
export interface FoundMachines {
  readonly word: string;
  readonly machines: readonly TaskMachine[];
}

/**
 * The machines that words name, one entry per word in the given order: by the name of the agent enrolled on it, else by
 * the machine's name (case does not matter), else by its address, else by its id. A word that reads as an address names
 * whatever has it as name or address: none that somebody chose takes an address from the host that has it.
 */
export async function findMachines(db: Database, words: readonly string[]): Promise<FoundMachines[]> {
  const found = words.map((word) => ({ word, machines: [] as TaskMachine[] }));
  if (words.length === 0) return found;
  const addresses = words.map((word) => canonicalAddress(word) ?? word);
  const { rows } = await sql<TaskMachine & { ord: string }>`
    with word as (
      select word, address, is_address, ord
      from unnest(${[...words]}::text[], ${addresses}::text[], ${words.map(readsAsAddress)}::boolean[]) with ordinality
        as w (word, address, is_address, ord)),
    by_agent as (select w.ord, a.machine_id as id from word w join agent a on lower(a.name) = lower(w.word) and a.revoked_at is null),
    by_name as (select w.ord, m.id from word w join machine m on lower(m.name) = lower(w.word)
      where not exists (select 1 from by_agent b where b.ord = w.ord)),
    named as (select * from by_agent union all select * from by_name),
    by_address as (select w.ord, m.id from word w join machine m on m.address = w.address
      where w.word <> '' and (w.is_address or not exists (select 1 from named b where b.ord = w.ord))),
    by_id as (select w.ord, m.id from word w join machine m on m.id = case when w.word ~ ${uuid} then w.word::uuid end)
    select hit.ord, m.id, m.name, m.address, a.id as "agentId"
    from (select * from named union select * from by_address union select * from by_id) hit
    join machine m on m.id = hit.id
    left join agent a on a.machine_id = m.id and a.revoked_at is null
    order by hit.ord, lower(m.name)`.execute(db);
  for (const { ord, ...machine } of rows) found[Number(ord) - 1]?.machines.push(machine);
  return found;
}

const uuid = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';
