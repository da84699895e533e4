import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { listTickets, type TicketFilter, ticketListQuery, type TicketReader } from '#db/tickets/ticket-inbox.ts';

const tickets = 2_000;
const bob: TicketReader = { userId: 'bob', principals: ['user:bob', 'role:none', 'owner:1'] };
const eve: TicketReader = { userId: 'eve', principals: ['user:eve', 'role:none'] };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  await sql`insert into "user" (id, name, email, username, "displayUsername", role)
    select id, id, id || '@x', id, id, 'none' from unnest(array['ann', 'bob', 'eve']) as given (id)`.execute(db);
  await sql`insert into node (id, name, name_key, path) overriding system value values (1, 'top', 'top', '1')`.execute(
    db,
  );
  const content = JSON.stringify({ kind: 'manual.step', payload: { text: 'x'.repeat(5_000) }, targets: [] });
  const flow = JSON.stringify({ steps: [{ approvers: [{ type: 'owners' }] }], fourEyes: true, policyVersion: '' });
  // Ids in the order of time, as version 7 has them. Every tenth is bob's own; every hundredth is decided.
  await sql`
    with made as (
      insert into ticket (id, kind, title, state, requester_id, requester_name, subject_id, content_hash)
      select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'manual.step', 'n' || n,
        case when n % 100 = 0 then 'done' else 'pending' end, case when n % 10 = 5 then 'bob' else 'ann' end, 'x',
        gen_random_uuid(), 'hash'
      from generate_series(1, ${tickets}::int) as n returning id, state),
    versions as (
      insert into change_version (ticket_id, version, kind, content, content_hash, risk, flow, made_by, why)
      select id, 1, 'manual.step', ${content}::jsonb, 'hash', 'low', ${flow}::jsonb, 'ann', '[]' from made),
    placed as (insert into ticket_node (ticket_id, node_id) select id, 1 from made)
    insert into ticket_waiting (principal, ticket_id) select 'owner:1', id from made where state = 'pending'`.execute(
    db,
  );
  await sql`analyze`.execute(db);
});
afterAll(() => database.remove());

async function planOf(reader: TicketReader, filter: TicketFilter, before?: string): Promise<string> {
  const query = ticketListQuery(reader, filter, { before, limit: 51 });
  const { rows } = await sql<{ 'QUERY PLAN': string }>`explain (analyze, costs off) ${query}`.execute(database.db);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

describe('the list of tickets, with 2,000 open ones', () => {
  it('finds by page what waits for somebody, without own requests under four eyes', async () => {
    const seen: string[] = [];
    for (let before: string | undefined; ;) {
      const page = await listTickets(database.db, bob, { scope: 'to-decide' }, { before, limit: 300 });
      seen.push(...page.map(({ id }) => id));
      expect(page.every(({ mineToDecide }) => mineToDecide)).toBe(true);
      if (page.length < 300) break;
      before = page.at(-1)?.id;
    }
    expect(seen).toHaveLength(tickets - tickets / 100 - tickets / 10);
    expect(seen).toEqual([...new Set(seen)].toSorted().toReversed());
    expect(await listTickets(database.db, eve, { scope: 'to-decide' }, { limit: 10 })).toEqual([]);
    expect(await listTickets(database.db, eve, { scope: { visible: { nodeIds: [] } } }, { limit: 10 })).toEqual([]);
    expect(await listTickets(database.db, eve, { scope: { visible: { nodeIds: ['1'] } } }, { limit: 10 })).toHaveLength(
      10,
    );
  });

  it('reads flows for the page alone, and contents never', async () => {
    const scopes: TicketFilter['scope'][] = [
      'to-decide',
      'requested',
      { visible: 'all' },
      { visible: { nodeIds: ['1'] } },
    ];
    for (const scope of scopes) {
      const plan = await planOf(bob, { scope }, '00000000-0000-7000-8000-000000000600');
      expect(plan).not.toMatch(/Seq Scan on change/);
      expect(plan).toMatch(/Index (Only )?Scan.* (Backward )?(using|on) (ticket_pkey|ticket_requester|change_pkey)/);
    }
  });
});
