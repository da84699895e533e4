import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { createTicketStage, type TicketStage, users } from '#tests/support/ticket-stage.ts';
import { ticketDurable } from './ticket.durable.ts';
import { standingOf } from './standing.ts';
import { kindsOn } from '#ledger/rooms.ts';
import { transact } from '#ledger/kernel/transact.ts';
import { inEnglish } from '#words/english.ts';
import { because } from '#domain/reasons.ts';

let database: TestDatabase;
let stage: TicketStage;

beforeAll(async () => {
  database = await createTestDatabase();
  stage = await createTicketStage(database.db);
});
afterAll(() => database.remove());

const now = new Date('2026-11-21T12:00:00Z');
const inMs = (ms: number) => new Date(now.getTime() + ms);
const standing = (id: string, at: Date) => transact(database.db, (tx) => standingOf(tx, kindsOn(tx), id, at));
const recheck = async (id: string, at = now) => (await standing(id, at)).recheckMs;
const set = (id: string, assignment: string) =>
  sql`update ticket set ${sql.raw(assignment)} where id = ${id}::uuid`.execute(database.db);

describe('standingOf', () => {
  it('looks again at the next reminder, time-out, run time or expiry, within a second and an hour', async () => {
    const id = await stage.open({
      steps: [{ approvers: users('bob'), remindAfterMs: 90_000, timeoutMs: 120_000 }],
      now,
    });
    expect(await recheck(id)).toBe(90_000);
    expect(await recheck(id, inMs(89_900))).toBe(1_000);
    await set(id, `remind_at = '${inMs(9e6).toISOString()}'`);
    expect(await recheck(id)).toBe(120_000);
    await set(id, `timeout_at = '${inMs(9e6).toISOString()}', run_at = '${inMs(5_000).toISOString()}'`);
    expect(await recheck(id)).toBe(3_600_000);
    await set(id, `expires_at = '${inMs(60_000).toISOString()}'`);
    expect(await recheck(id)).toBe(60_000);
    await set(id, `state = 'scheduled'`);
    expect(await standing(id, now)).toMatchObject({
      recheckMs: 5_000,
      waitsFor: because('run-time-awaited', { time: '2026-11-21T12:00:05.000Z' }),
    });
    await set(id, `state = 'applying'`);
    expect(await recheck(id)).toBe(30_000);
    await set(id, `state = 'approved'`);
    expect(await recheck(id)).toBe(1_000);
  });

  it('looks again at once where nobody carries out what was let go: it is done already', async () => {
    const id = await stage.open({ steps: [{ approvers: users('bob') }] });
    await set(id, `state = 'applying'`);
    const { recheckMs } = await database.db.transaction().execute((tx) => {
      // A task that is not there: no workflow is to start, and no person completes one.
      const kinds = kindsOn(tx);
      return standingOf(tx, { ...kinds, 'manual.step': kinds['task.run'] }, id, now);
    });
    expect(recheckMs).toBe(1_000);
  });

  it('does not grow with the nodes concerned', async () => {
    const id = await stage.open({ steps: [{ approvers: users('bob') }] });
    await set(id, `nodes = array(select 'node-' || i from generate_series(1, 50000) as i)`);
    expect(JSON.stringify(await standing(id, now)).length).toBeLessThan(2_000);
  });

  it('says that nobody can approve, or too few', async () => {
    const nobody = await stage.open({ steps: [{ approvers: users('ann', 'off') }] });
    expect(inEnglish((await standing(nobody, now)).waitsFor)).toMatch(/^nobody can approve this step: step 1 of 1/);
    const few = await stage.open({ steps: [{ approvers: users('bob', 'ann', 'off'), need: 2 }] });
    expect(inEnglish((await standing(few, now)).waitsFor)).toBe(
      'too few people can approve this step: step 1 of 1: 0 of 2 approvals, only these can decide: bob',
    );
  });
});

describe('ticketDurable.claim', () => {
  it('claims each ticket that wants its workflow once, and again when the claim has run out', async () => {
    await database.db.deleteFrom('ticket').execute();
    const [fresh, quiet, due, approved, ended] = [
      await stage.open(),
      await stage.open(),
      await stage.open(),
      await stage.open(),
      await stage.open(),
    ];
    const claim = async () => {
      const options = { newMs: 3_000, stalledMs: 60_000, dueMs: 5_000, limit: 100 };
      const claims = await Promise.all([
        ticketDurable.claim(database.db, options),
        ticketDurable.claim(database.db, options),
      ]);
      return claims.flat().sort();
    };
    expect(await claim()).toEqual([]);
    await sql`update ticket set created_at = now() - interval '5 seconds'`.execute(database.db);
    expect(await claim()).toEqual([fresh, quiet, due, approved, ended].sort());
    expect(await claim()).toEqual([]);
    await sql`update ticket set advanced_at = now() - interval '2 minutes'`.execute(database.db);
    await set(due, `timeout_at = now() - interval '2 minutes'`);
    await set(approved, `state = 'approved'`);
    await set(ended, `state = 'expired', timeout_at = now() - interval '1 hour'`);
    expect(await claim()).toEqual([due, approved].sort());
    await set(quiet, `advanced_at = now() - interval '12 minutes'`);
    expect(await claim()).toEqual([quiet]);
  });
});
