import { type Kysely, sql } from 'kysely';

/** The first few nodes of a thing and their number, kept beside the whole list, which may be long: lists read these. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ['task', 'ticket', 'audit']) {
    await sql
      .raw(
        `alter table ${table}
          add column first_nodes text[] not null generated always as (nodes[1:20]) stored,
          add column node_count integer not null generated always as (cardinality(nodes)) stored`,
      )
      .execute(db);
  }
}
