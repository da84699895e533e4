import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { PortName } from './ports.ts';

const optional = z.preprocess((value) => (value === '' ? undefined : value), z.string().optional());
const port = z.preprocess(
  (value) => (value === '' ? undefined : value),
  z.coerce.number().int().min(0).max(65535).optional(),
);

/** Settings that only `npm start` reads, on top of those of platform/config.ts; `.env.example` is checked against both. */
export const startOnlySchema = z.object({
  SIGNALBOX_POSTGRES_PORT: port.describe('Port of the embedded PostgreSQL; default 7384'),
  SIGNALBOX_TEMPORAL_PORT: port.describe('Port of the embedded Temporal; default 7233'),
  SIGNALBOX_TEMPORAL_UI_PORT: port.describe('Port of the embedded Temporal UI; default 8233'),
  SIGNALBOX_AGENT_NAME: optional.describe("Name of this machine's own agent; default from the host name"),
  SIGNALBOX_POSTGRES_BIN: optional.describe('Folder with initdb and postgres to use instead of the npm package'),
  SIGNALBOX_TEMPORAL_BIN: optional.describe('The temporal binary to use instead of fetching one'),
  SIGNALBOX_CACHE: optional.describe("Folder of fetched servers; default the user's cache folder, signalbox/"),
});

const sharedSchema = z.object({
  SIGNALBOX_DATA: optional,
  SIGNALBOX_DATABASE_URL: optional,
  SIGNALBOX_TEMPORAL_ADDRESS: optional,
  SIGNALBOX_TEMPORAL_UI: optional,
  SIGNALBOX_API_HOST: optional,
  SIGNALBOX_API_PORT: port,
  SIGNALBOX_GATEWAY_HOST: optional,
  SIGNALBOX_GATEWAY_PORT: port,
  SIGNALBOX_ADMIN_HOST: optional,
  SIGNALBOX_WORKER_ADMIN_PORT: port,
  SIGNALBOX_GATEWAY_ADMIN_PORT: port,
});

/** What the supervisor needs to know. */
export interface StartSettings {
  readonly dataFolder: string;
  /** Set: that PostgreSQL is used, none is started. */
  readonly databaseUrl: string | undefined;
  /** Set: that Temporal is used, none is started. */
  readonly temporalAddress: string | undefined;
  readonly temporalUi: string | undefined;
  readonly demandedPorts: { readonly [Name in PortName]?: number | undefined };
  readonly hosts: Readonly<Record<PortName, string>>;
  readonly agentName: string;
}

function agentNameOf(host: string): string {
  const name = host
    .toLowerCase()
    .split('.')[0]
    ?.replaceAll(/[^a-z0-9-]/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60);
  return name || 'local';
}

/** Reads the settings of `npm start`; the data folder is relative to the checkout. */
export function readStartSettings(env: Readonly<Record<string, string | undefined>>, checkout: string): StartSettings {
  const parsed = startOnlySchema.extend(sharedSchema.shape).safeParse(env);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`Settings are wrong:\n${faults.join('\n')}\nSee .env.example for what each one means.`);
  }
  const given = parsed.data;
  const demanded = {
    web: given.SIGNALBOX_API_PORT,
    gateway: given.SIGNALBOX_GATEWAY_PORT,
    workerAdmin: given.SIGNALBOX_WORKER_ADMIN_PORT,
    gatewayAdmin: given.SIGNALBOX_GATEWAY_ADMIN_PORT,
    postgres: given.SIGNALBOX_POSTGRES_PORT,
    temporal: given.SIGNALBOX_TEMPORAL_PORT,
    temporalUi: given.SIGNALBOX_TEMPORAL_UI_PORT,
  };
  const loopback = '127.0.0.1';
  const admin = given.SIGNALBOX_ADMIN_HOST ?? loopback;
  return {
    dataFolder: resolve(checkout, given.SIGNALBOX_DATA ?? '.signalbox'),
    databaseUrl: given.SIGNALBOX_DATABASE_URL,
    temporalAddress: given.SIGNALBOX_TEMPORAL_ADDRESS,
    temporalUi: given.SIGNALBOX_TEMPORAL_UI,
    demandedPorts: demanded,
    hosts: {
      web: given.SIGNALBOX_API_HOST ?? loopback,
      gateway: given.SIGNALBOX_GATEWAY_HOST ?? loopback,
      workerAdmin: admin,
      gatewayAdmin: admin,
      postgres: loopback,
      temporal: loopback,
      temporalUi: loopback,
    },
    agentName: given.SIGNALBOX_AGENT_NAME ?? agentNameOf(hostname()),
  };
}

/** An address of this machine under which a server that listens on `host` answers. */
export function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '[::1]' : host;
}
