import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApi, type Api } from '#api/server.ts';
import type { Database } from '#db/database.ts';
import type { UserRole } from '#domain/identity/roles.ts';
import { readConfig } from '#platform/config.ts';
import { silentLogger } from '#platform/logging.ts';
import { createMetrics } from '#platform/metrics.ts';
import { openTemporalClient } from '#platform/temporal.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';

/** Fields of list items that tests read. */
interface AnswerItem {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly host: string;
  readonly state: string;
  readonly action: string;
  readonly outcome: string;
  readonly target: string;
  readonly reason: string | null;
}

/** What tests look at in the OpenAPI document. */
interface OpenApiOperation {
  readonly 'x-signalbox-rule': unknown;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: { readonly default: { readonly content: object } };
}

/** Fields that tests read; a body has those of its route. */
interface AnswerBody {
  readonly id: string;
  readonly token: string;
  readonly password: string;
  readonly state: string;
  readonly code: string;
  readonly detail: string;
  readonly reasons: readonly string[];
  readonly errors: readonly { field: string; message: string }[];
  readonly items: readonly AnswerItem[];
  readonly next: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly actions: readonly AnswerItem[];
  readonly path: string;
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly reason: string;
  readonly node: string | null;
  readonly latestVersion: number;
  readonly versions: number;
  readonly left: number;
}

/** An answer, with its body as JSON, or as text where it is none. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AnswerBody;
  readonly text: string;
}

export interface TestApi {
  readonly url: string;
  readonly db: Database;
  readonly databaseUrl: string;
  readonly dataFolder: string;
  /** Token of the first administrator. */
  readonly adminToken: string;
  readonly api: Api;
  /** Sends JSON with a token (the administrator's unless given; null: none). */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** A user with a token. */
  user(name: string, role: UserRole): Promise<{ id: string; name: string; token: string }>;
  /** A machine with an enrolled agent (rows only), bound to nodes that exist. */
  machine(
    name: string,
    options?: { address?: string; nodes?: string[]; agent?: boolean },
  ): Promise<{ machineId: string; agentId: string }>;
  remove(): Promise<void>;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
}

/** A running api on a database of its own. Temporal is not there unless an address is given. */
export async function startTestApi(
  options: {
    temporalAddress?: string;
    env?: Record<string, string>;
    database?: TestDatabase;
    dataFolder?: string;
  } = {},
): Promise<TestApi> {
  const database = options.database ?? (await createTestDatabase({ max: 8 }));
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'signalbox-api-'));
  const temporalAddress = options.temporalAddress ?? '127.0.0.1:1';
  const config = readConfig({
    SIGNALBOX_DATA: dataFolder,
    SIGNALBOX_DATABASE_URL: database.url,
    SIGNALBOX_API_PORT: '0',
    SIGNALBOX_TEMPORAL_ADDRESS: temporalAddress,
    SIGNALBOX_LOG_LEVEL: 'silent',
    ...options.env,
  });
  const temporal = openTemporalClient({ address: temporalAddress, namespace: 'default' });
  const api = createApi(config, { database, temporal, logger: silentLogger, metrics: createMetrics('api') });
  const { address: url } = await api.start();
  const { token: adminToken } = JSON.parse(readFileSync(join(dataFolder, 'run', 'signin.json'), 'utf8')) as {
    token: string;
  };

  async function call(
    method: string,
    path: string,
    { body, token = adminToken, headers = {} }: CallOptions = {},
  ): Promise<Answer> {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    const parsed: unknown = isJson && text !== '' ? JSON.parse(text) : undefined;
    return { status: response.status, headers: response.headers, body: parsed as AnswerBody, text };
  }

  return {
    url,
    db: database.db,
    databaseUrl: database.url,
    dataFolder,
    adminToken,
    api,
    call,
    async user(name, role) {
      const { status, body } = await call('POST', '/api/v1/users', { body: { name, role } });
      if (status !== 201) throw new Error(`user ${name}: ${status} ${JSON.stringify(body)}`);
      return { id: body.id, name, token: body.token };
    },
    async machine(name, { address = '', nodes = [], agent = true } = {}) {
      const machineId = crypto.randomUUID();
      const agentId = crypto.randomUUID();
      await database.db
        .insertInto('machine')
        .values({ id: machineId, name, address, identity: crypto.randomUUID() })
        .execute();
      if (agent) {
        const certificate_expires_at = new Date(Date.now() + 86_400_000);
        await database.db
          .insertInto('agent')
          .values({
            id: agentId,
            machine_id: machineId,
            name,
            serial: agentId,
            public_key_sha256: agentId,
            certificate_expires_at,
          })
          .execute();
      }
      for (const node of nodes) {
        const { status, body } = await call('POST', `/api/v1/nodes/${node}/bind`, { body: { machines: [name] } });
        if (status !== 200) throw new Error(`bind ${name} to ${node}: ${JSON.stringify(body)}`);
      }
      return { machineId, agentId };
    },
    async remove() {
      await api.stop();
      await temporal.close();
      await database.remove();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}
