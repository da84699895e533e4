import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '#db/database.ts';
import { migrate } from '#db/migrate.ts';
import { startTestPostgres } from './postgres.ts';

/** Once per run: a real PostgreSQL server with a migrated template database that each test file copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestPostgres();
  try {
    const client = new pg.Client({ connectionString: server.url('postgres') });
    await client.connect();
    await client.query('create database template_signalbox').finally(() => client.end());
    const template = openDatabase(server.url('template_signalbox'));
    await migrate(template.db).finally(() => template.close());
  } catch (error) {
    await server.remove();
    throw error;
  }
  project.provide('postgresUrl', server.url('postgres'));
  return () => server.remove();
}
