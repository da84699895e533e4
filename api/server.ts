import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createAdaptorServer } from '@hono/node-server';
import { createAuth } from '#api/kernel/auth/better-auth.ts';
import { bootstrapAdminName, ensureFirstUsers } from '#api/identity/first-users.ts';
import { offerLocalJoinToken } from '#api/agents/local-agent.ts';
import { readOrMakeSecret } from '#platform/secret-files.ts';
import { isDatabaseAway } from '#api/kernel/http/problem-response.ts';
import type { RegisteredRoute } from '#api/kernel/http/register.ts';
import { createEventHub } from '#api/kernel/live/event-hub.ts';
import type { DatabaseHandle } from '#db/database.ts';
import { pruneEvents } from '#ledger/kernel/live-events.ts';
import { migrate } from '#db/migrate.ts';
import { kindsOn, propose, sealedColumns } from '#ledger/rooms.ts';
import type { Config } from '#platform/config.ts';
import type { Logger } from '#platform/logging.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { TemporalClientHandle } from '#platform/temporal.ts';
import { createWorkflowStarter } from '#platform/workflow-starter.ts';
import { durableMessages } from '#workflows/rooms.ts';
import { type ApiApp, createApp } from './app.ts';

const pruneEveryMs = 60_000;
const drainMs = 5_000;
const builtWeb = fileURLToPath(new URL('../dist/web', import.meta.url));

export interface ApiDeps {
  readonly database: DatabaseHandle;
  readonly temporal: TemporalClientHandle;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface Api {
  /** Listens, then prepares the database (waits for it where it is away). `address` is where people reach the api. */
  start(): Promise<{ address: string }>;
  /** Ends live streams, lets requests under way finish for 5 s. Safe to call twice. */
  stop(): Promise<void>;
  /** Every route of the contract with its rule; empty before the start. */
  routes(): readonly RegisteredRoute[];
  /** `METHOD /path` of everything that has a handler, however it got there (middleware left out). */
  handledPaths(): readonly string[];
}

/** The api process: REST, sign-in and live events. The handles in `deps` stay open; their owner closes them. */
export function createApi(config: Config, deps: ApiDeps): Api {
  const { database, temporal, logger, metrics } = deps;
  const hub = createEventHub({ database, logger });
  const durables = createWorkflowStarter({ temporal, logger }, durableMessages);
  const version = readVersion();
  const stopping = new AbortController();
  let built: ApiApp | undefined;
  let ready = false;
  let background: Promise<void> = Promise.resolve();
  let pruning: NodeJS.Timeout | undefined;
  let stopped: Promise<void> | undefined;

  const server = createAdaptorServer({
    fetch: (request, env) =>
      built?.app.fetch(request, env) ?? new Response('starting\n', { status: 503, headers: { 'retry-after': '1' } }),
  });

  async function listen(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(config.SIGNALBOX_API_PORT, config.SIGNALBOX_API_HOST, resolve);
    });
    return (server.address() as AddressInfo).port;
  }

  async function prepare(url: string): Promise<void> {
    const run = join(config.SIGNALBOX_DATA, 'run');
    for (;;) {
      try {
        await migrate(database.maintenance);
        await ensureFirstUsers(
          database.db,
          { firstPassword: join(run, 'first-password'), signIn: join(run, 'signin.json') },
          url,
        );
        return;
      } catch (error) {
        if (stopping.signal.aborted || !isDatabaseAway(error)) throw error;
        logger.warn({ err: error }, 'waiting for the database');
        await sleep(500, undefined, { signal: stopping.signal });
      }
    }
  }

  async function start(): Promise<{ address: string }> {
    const port = await listen();
    const { publicUrl, trustedOrigins } = origins(config, port);
    const secretFile = config.SIGNALBOX_SECRET_FILE || join(config.SIGNALBOX_DATA, 'keys', 'auth-secret');
    const secret = await readOrMakeSecret(secretFile);
    const auth = createAuth({ pool: database.pool, secret, publicUrl, trustedOrigins, logger });
    built = createApp({
      config,
      database,
      temporal,
      logger,
      metrics,
      hub,
      propose,
      kindsOn,
      sealedColumns,
      durables,
      publicUrl,
      version,
      auth,
      trustedOrigins,
      firstUser: { name: bootstrapAdminName, passwordFile: join(config.SIGNALBOX_DATA, 'run', 'first-password') },
      webFolder: config.SIGNALBOX_WEB_DIR || builtWeb,
      isReady: () => ready,
    });
    await prepare(publicUrl);
    hub.start();
    if (config.SIGNALBOX_LOCAL_JOIN_FILE !== '') {
      background = offerLocalJoinToken(database.db, config.SIGNALBOX_LOCAL_JOIN_FILE, logger, stopping.signal);
    }
    pruning = setInterval(() => {
      pruneEvents(database.maintenance).catch((error: unknown) =>
        logger.debug({ err: error }, 'events were not pruned'),
      );
    }, pruneEveryMs);
    ready = true;
    logger.info({ address: publicUrl, port }, 'api is ready');
    return { address: publicUrl };
  }

  async function stop(): Promise<void> {
    stopping.abort();
    clearInterval(pruning);
    built?.closeStreams();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    if ('closeIdleConnections' in server) server.closeIdleConnections();
    const force = setTimeout(() => {
      if ('closeAllConnections' in server) server.closeAllConnections();
    }, drainMs);
    await closed;
    clearTimeout(force);
    await Promise.all([durables.drain(), background, hub.stop()]);
  }

  return {
    start,
    stop: () => (stopped ??= stop()),
    routes: () => built?.routes ?? [],
    handledPaths: () => (built?.app.routes ?? []).filter(({ method }) => method !== 'ALL').map(shownRoute),
  };
}

function shownRoute({ method, path }: { method: string; path: string }): string {
  return `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`;
}

/** The public address, and the origins whose pages may use the cookie: it, and on loopback its other spellings. */
function origins(config: Config, port: number): { publicUrl: string; trustedOrigins: string[] } {
  const host = config.SIGNALBOX_API_HOST;
  const loopback = ['127.0.0.1', 'localhost', '[::1]'];
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  const listened = `http://${shown}:${port}`;
  const publicUrl = config.SIGNALBOX_PUBLIC_URL === '' ? listened : new URL(config.SIGNALBOX_PUBLIC_URL).origin;
  const { hostname, port: publicPort, protocol } = new URL(publicUrl);
  const others = loopback.includes(hostname)
    ? loopback.map((name) => `${protocol}//${name}${publicPort && `:${publicPort}`}`)
    : [];
  return { publicUrl, trustedOrigins: [...new Set([publicUrl, ...others])] };
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
