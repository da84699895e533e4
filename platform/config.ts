import { z } from 'zod';
import { nearestName } from '#domain/nearest-name.ts';
import { startOnlySchema } from './start-only-settings.ts';

const port = z.coerce.number().int().min(0).max(65535);
const milliseconds = z.coerce.number().int().positive();

/** Every setting, with what it is for. `.env.example` is checked against this list. */
export const configSchema = z.object({
  SIGNALBOX_DATA: z.string().min(1).default('.signalbox').describe('Folder of everything that this machine keeps'),
  SIGNALBOX_DATABASE_URL: z.string().startsWith('postgres').describe('PostgreSQL 15 or later'),
  SIGNALBOX_DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(10).describe('Connections per process'),
  SIGNALBOX_DATABASE_STATEMENT_MS: milliseconds.default(30_000).describe('Longest time that one statement may take'),
  SIGNALBOX_DATABASE_LOCK_MS: milliseconds
    .default(5_000)
    .describe('Longest wait for one lock; the transaction is then tried again'),
  SIGNALBOX_DATABASE_IDLE_MS: milliseconds
    .default(15_000)
    .describe(
      'Longest silence inside of a transaction; its session is then ended, so that a process that stands still holds no locks',
    ),
  SIGNALBOX_TEMPORAL_ADDRESS: z.string().default('127.0.0.1:7233').describe('host:port of the Temporal frontend'),
  SIGNALBOX_TEMPORAL_NAMESPACE: z.string().default('default').describe('Temporal namespace'),
  SIGNALBOX_TEMPORAL_UI: z.string().default('').describe('Address of the Temporal UI, for links'),
  SIGNALBOX_API_HOST: z.string().default('127.0.0.1').describe('Address that the api listens on'),
  SIGNALBOX_API_PORT: port.default(7380).describe('Port of the api; 0 takes a free one'),
  SIGNALBOX_PUBLIC_URL: z
    .string()
    .default('')
    .describe('Address under which people reach the api; default http://host:port'),
  SIGNALBOX_WEB_DIR: z.string().default('').describe('Folder of the built web; default dist/web of the checkout'),
  SIGNALBOX_SECRET_FILE: z
    .string()
    .default('')
    .describe('File with the key that signs sessions; default <data>/keys/auth-secret, made at first start'),
  SIGNALBOX_SECRET_KEY_FILE: z
    .string()
    .default('')
    .describe(
      'File with the key that seals stored secrets, the same for api, worker and gateway; default <data>/keys/secret-key',
    ),
  SIGNALBOX_WEBHOOK_ALLOW_PRIVATE: z
    .stringbool()
    .default(false)
    .describe('Whether webhooks may go to private, loopback and link-local addresses'),
  SIGNALBOX_LOCAL_JOIN_FILE: z
    .string()
    .default('')
    .describe('While no agent has ever enrolled, the api writes a join token for the agent of this machine here'),
  SIGNALBOX_GATEWAY_ID: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
    .default('gateway-1')
    .describe('Name of this gateway; unique, kept over restarts'),
  SIGNALBOX_GATEWAY_HOST: z.string().default('127.0.0.1').describe('Address that agents dial'),
  SIGNALBOX_GATEWAY_PORT: port.default(7381).describe('Port that agents dial; 0 takes a free one'),
  SIGNALBOX_GATEWAY_ADDRESS: z
    .string()
    .default('')
    .describe('host:port told to agents; default the address listened on'),
  SIGNALBOX_CA_DIR: z
    .string()
    .default('')
    .describe('Folder with ca.pem and ca.key, shared by all gateways; default <data>/keys/ca'),
  SIGNALBOX_ADMIN_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('Address for health and metrics of worker and gateway'),
  SIGNALBOX_WORKER_ADMIN_PORT: port.default(7382).describe('Port for health and metrics of the worker'),
  SIGNALBOX_GATEWAY_ADMIN_PORT: port.default(7383).describe('Port for health and metrics of the gateway'),
  SIGNALBOX_LEASE_MS: milliseconds
    .default(300_000)
    .describe('How long an unheard host keeps its runs before they count as lost'),
  SIGNALBOX_AGENT_PARALLEL_RUNS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(16)
    .describe('Runs side by side on one agent'),
  SIGNALBOX_AGENT_CERTIFICATE_DAYS: z.coerce
    .number()
    .positive()
    .max(825)
    .default(30)
    .describe('Life of an agent certificate'),
  SIGNALBOX_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Least severe log line'),
});

export type Config = z.infer<typeof configSchema>;

type Environment = Readonly<Record<string, string | undefined>>;

/** Names of ours that other programs read: the command, compose, our tests and tools, and every task that runs. */
const readElsewhere = [
  'SIGNALBOX_URL',
  'SIGNALBOX_TOKEN',
  'SIGNALBOX_HOST',
  'SIGNALBOX_TASK_ID',
  'SIGNALBOX_RUN_ID',
  'SIGNALBOX_ATTEMPT',
  'SIGNALBOX_WEB_BUILD',
  'SIGNALBOX_CHROMIUM_BIN',
  'SIGNALBOX_TEMPORAL_TEST_SERVER_BIN',
  'SIGNALBOX_PROMETHEUS_BIN',
  'SIGNALBOX_NIGHT',
  'SIGNALBOX_SEED',
  'SIGNALBOX_SEEDS',
  'SIGNALBOX_FILE_TIMES',
];

/** Every name that begins like a setting and may be in an environment. */
export const settingNames: readonly string[] = [
  ...Object.keys(configSchema.shape),
  ...Object.keys(startOnlySchema.shape),
  ...readElsewhere,
];

/** Reads the environment once; every wrong value, and every name that is no setting, is in the one error. */
export function readConfig(env: Environment): Config {
  const known = new Set(Object.keys(configSchema.shape));
  const given = Object.fromEntries(Object.entries(env).filter(([name, value]) => known.has(name) && value !== ''));
  return settingsOf(configSchema.safeParse(given), env);
}

/** What was parsed of an environment. Throws one error with all that is wrong: a misspelt setting is never left out. */
export function settingsOf<Settings>(parsed: z.ZodSafeParseResult<Settings>, env: Environment): Settings {
  const unknown = unknownSettings(env);
  if (parsed.success && unknown.length === 0) return parsed.data;
  const faults = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  const lines = [...faults, ...unknown].map((fault) => `  ${fault}`);
  throw new Error(`Settings are wrong:\n${lines.join('\n')}\nSee .env.example for what each one means.`);
}

const prefix = 'SIGNALBOX_';

function unknownSettings(env: Environment): string[] {
  const names = Object.keys(env).filter((name) => name.startsWith(prefix) && env[name] !== '');
  const rest = (name: string) => name.slice(prefix.length);
  return names
    .filter((name) => !settingNames.includes(name))
    .map((name) => {
      const nearest = nearestName(rest(name), settingNames.map(rest));
      return `${name}: is no setting${nearest === undefined ? '; unset it' : `; did you mean ${prefix}${nearest}?`}`;
    });
}
