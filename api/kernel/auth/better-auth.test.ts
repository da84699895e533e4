import { getMigrations } from 'better-auth/db/migration';
import { getSchema } from 'better-auth/db';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '#platform/logging.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { authOptions } from './better-auth.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.remove());

describe('the tables that better-auth works on', () => {
  const warnings: string[] = [];
  const options = () => ({
    ...authOptions({
      pool: database.pool,
      secret: 'x'.repeat(40),
      publicUrl: 'http://127.0.0.1:1',
      trustedOrigins: [],
      logger: silentLogger,
    }),
    logger: { level: 'warn' as const, log: (_level: string, message: string) => warnings.push(message) },
  });

  it('are all there, with every column it expects and none of another type', async () => {
    const { toBeCreated, toBeAdded } = await getMigrations(options());
    expect(toBeCreated).toEqual([]);
    expect(toBeAdded).toEqual([]);
    // bigint is what it makes itself; it does not recognise the name int8 that the catalogue gives it.
    const known = /lastRequest in table rateLimit .* got int8/;
    expect(warnings.filter((warning) => warning.includes('different type') && !known.test(warning))).toEqual([]);
  });

  it('have no column that must be given and that it does not know', async () => {
    const schema = getSchema(options());
    for (const [table, { fields }] of Object.entries(schema)) {
      const { rows } = await sql<{ name: string }>`select column_name as name from information_schema.columns
        where table_schema = 'public' and table_name = ${table} and is_nullable = 'NO' and column_default is null`.execute(
        database.db,
      );
      const known = new Set(['id', ...Object.entries(fields).map(([name, field]) => field.fieldName ?? name)]);
      expect(
        rows.map((row) => row.name).filter((name) => !known.has(name)),
        table,
      ).toEqual([]);
    }
  });
});
