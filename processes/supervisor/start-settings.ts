import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { settingsOf } from '#platform/config.ts';
import { optionalPort, optionalText, startOnlySchema } from '#platform/start-only-settings.ts';
import type { PortName } from './ports.ts';

const sharedSchema = z.object({
  SIGNALBOX_DATA: optionalText,
  SIGNALBOX_DATABASE_URL: optionalText,
  SIGNALBOX_TEMPORAL_ADDRESS: optionalText,
  SIGNALBOX_TEMPORAL_UI: optionalText,
  SIGNALBOX_API_HOST: optionalText,
  SIGNALBOX_API_PORT: optionalPort,
  SIGNALBOX_GATEWAY_HOST: optionalText,
  SIGNALBOX_GATEWAY_PORT: optionalPort,
  SIGNALBOX_ADMIN_HOST: optionalText,
  SIGNALBOX_WORKER_ADMIN_PORT: optionalPort,
  SIGNALBOX_GATEWAY_ADMIN_PORT: optionalPort,
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
  const given = settingsOf(startOnlySchema.extend(sharedSchema.shape).safeParse(env), env);
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
