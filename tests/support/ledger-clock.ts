import { sql } from 'kysely';
import type { Database } from '#db/database.ts';

/** Gives a test's database a clock that can be set; without it, the ledger goes by PostgreSQL's. */
export async function installLedgerClock(db: Database): Promise<void> {
  await sql`create table test_clock (ahead interval not null)`.execute(db);
  await sql`insert into test_clock values (interval '0')`.execute(db);
  await sql`create or replace function ledger_now() returns timestamptz language sql stable parallel safe as
    $$ select statement_timestamp() + (select ahead from test_clock) $$`.execute(db);
}

/** Sets the ledger's clock, which goes on from there. */
export async function setLedgerClock(db: Database, to: Date): Promise<void> {
  await sql`update test_clock set ahead = ${to}::timestamptz - statement_timestamp()`.execute(db);
}

/** Moves the ledger's clock on to where virtual time has got; never back, whoever comes late. */
export async function moveLedgerClock(db: Database, to: Date): Promise<void> {
  await sql`update test_clock set ahead = greatest(ahead, ${to}::timestamptz - statement_timestamp())
    where ahead < ${to}::timestamptz - statement_timestamp() - interval '10 ms'`.execute(db);
}
