import { Connection } from '@temporalio/client';
import pg from 'pg';
import { searchAttributes } from '#workflows/kernel/search-attributes.ts';
import { fail, ok, warn, type Finding } from './check.ts';

const wantedExtensions = ['ltree', 'pg_trgm'];
const oldestMajor = 15;
const toleratedSkewMs = 5_000;

/** PostgreSQL: reachable, recent, extensions, and its clock against ours (leases go by the database's). */
export async function checkPostgres(url: string): Promise<Finding[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; now: string; extensions: string[] }>(
      `select current_setting('server_version') as version, (extract(epoch from clock_timestamp()) * 1000)::text as now,
              array(select name::text from pg_available_extensions) as extensions`,
    );
    const answer = rows[0];
    if (!answer) return [fail('PostgreSQL', 'no answer', 'See the log of PostgreSQL.')];
    const missing = wantedExtensions.filter((name) => !answer.extensions.includes(name));
    const skewMs = Math.round(Math.abs(Date.now() - Number(answer.now)));
    return [
      Number.parseInt(answer.version) >= oldestMajor
        ? ok('PostgreSQL', answer.version)
        : fail('PostgreSQL', answer.version, `Version ${oldestMajor} or later is needed.`),
      missing.length === 0
        ? ok('extensions', wantedExtensions.join(', '))
        : fail(
            'extensions',
            `${missing.join(', ')} missing`,
            "Install the contrib package of PostgreSQL (on Debian it is part of the server's package).",
          ),
      skewMs <= toleratedSkewMs
        ? ok('clock', `${skewMs} ms from the database's`)
        : warn(
            'clock',
            `${Math.round(skewMs / 1000)} s from the database's`,
            'Let both machines follow the same time server (NTP).',
          ),
    ];
  } catch (error) {
    return [
      fail(
        'PostgreSQL',
        (error as Error).message,
        'Is it running? See logs/postgres.log in the data folder, or SIGNALBOX_DATABASE_URL.',
      ),
    ];
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Temporal: reachable, and it knows our search attributes. */
export async function checkTemporal(address: string, namespace: string): Promise<Finding[]> {
  const connection = Connection.lazy({ address });
  try {
    const info = await connection.withDeadline(Date.now() + 5_000, () => connection.workflowService.getSystemInfo({}));
    const { customAttributes } = await connection.withDeadline(Date.now() + 5_000, () =>
      connection.operatorService.listSearchAttributes({ namespace }),
    );
    const missing = Object.values(searchAttributes)
      .map(({ name }) => name)
      .filter((name) => !Object.hasOwn(customAttributes ?? {}, name));
    return [
      ok('Temporal', `server ${info.serverVersion} at ${address}`),
      missing.length === 0
        ? ok('search attributes', 'all known')
        : fail(
            'search attributes',
            `${missing.join(', ')} unknown`,
            `temporal operator search-attribute create --namespace ${namespace} --name … --type Keyword (or let the worker do it: it needs operator rights once).`,
          ),
    ];
  } catch (error) {
    return [
      fail(
        'Temporal',
        (error as Error).message,
        'Is it running? See logs/temporal.log in the data folder, or SIGNALBOX_TEMPORAL_ADDRESS.',
      ),
    ];
  } finally {
    await connection.close();
  }
}
