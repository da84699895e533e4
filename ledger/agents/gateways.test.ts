import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { beatGateway, listGatewayAddresses, registerGateway, retireGateway } from './gateways.ts';
import { transact } from '#ledger/kernel/transact.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.remove());

describe('heartbeat of a gateway', () => {
  const upSince = async () =>
    (await database.db.selectFrom('gateway').select('up_since').where('id', '=', 'g1').executeTakeFirstOrThrow())
      .up_since;
  const ago = (seconds: number) =>
    sql`update gateway set heartbeat_at = now() - make_interval(secs => ${seconds}) where id = 'g1'`.execute(
      database.db,
    );

  it('keeps up_since while it beats, starts it anew after a gap of over 10 s, and says so once', async () => {
    const { db } = database;
    await transact(db, (tx) => registerGateway(tx, 'g1', 'h:1'));
    const since = await upSince();
    await ago(9);
    expect(await beatGateway(db, 'g1', 'h:1')).toEqual({ gap: false });
    expect(await upSince()).toEqual(since);
    await ago(11);
    expect(await beatGateway(db, 'g1', 'h:2')).toEqual({ gap: true });
    expect((await upSince()).getTime()).toBeGreaterThan(since.getTime());
    expect(await beatGateway(db, 'g1', 'h:2')).toEqual({ gap: false });
    expect(await listGatewayAddresses(db)).toEqual(['h:2']);
  });

  it('is told to nobody once it has retired; a beat of one that nobody knows enters it', async () => {
    const { db } = database;
    await retireGateway(db, 'g1');
    expect(await listGatewayAddresses(db)).toEqual([]);
    expect(await beatGateway(db, 'g2', 'h:3')).toEqual({ gap: true });
    expect(await listGatewayAddresses(db)).toEqual(['h:3']);
  });
});
