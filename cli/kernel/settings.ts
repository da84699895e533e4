import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { CliFault, exitCodes } from './fault.ts';

const absent = (value: unknown) => (value === '' ? undefined : value);

const settingsSchema = z.object({
  SIGNALBOX_URL: z.preprocess(
    absent,
    z.url({ protocol: /^https?$/, error: 'must be like https://signalbox.example' }).optional(),
  ),
  SIGNALBOX_TOKEN: z.preprocess(absent, z.string().optional()),
  SIGNALBOX_DATA: z.preprocess(absent, z.string().optional()),
  XDG_CONFIG_HOME: z.preprocess(absent, z.string().optional()),
  HOME: z.preprocess(absent, z.string().optional()),
  NO_COLOR: z.preprocess(absent, z.string().optional()),
  TERM: z.preprocess(absent, z.string().optional()),
});

/** What the command reads of the environment, once. */
export interface CliSettings {
  /** Address and token of the environment; they win over every file. */
  readonly url: string | undefined;
  readonly token: string | undefined;
  /** The data folder of `npm start`, absolute; undefined: the checkout's own. */
  readonly dataDir: string | undefined;
  /** File that `signalbox login` writes. */
  readonly loginFile: string;
  readonly colours: boolean;
}

/** A relative data folder is meant as `npm start` means it: relative to the checkout. */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
  folders: { cwd: string; checkout: string },
): CliSettings {
  const parsed = settingsSchema.safeParse(env);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new CliFault(exitCodes.usage, faults.join('; '));
  }
  const given = parsed.data;
  const configHome = given.XDG_CONFIG_HOME ?? resolve(given.HOME ?? homedir(), '.config');
  return {
    url: given.SIGNALBOX_URL?.replace(/\/+$/, ''),
    token: given.SIGNALBOX_TOKEN,
    dataDir: given.SIGNALBOX_DATA === undefined ? undefined : resolve(folders.checkout, given.SIGNALBOX_DATA),
    loginFile: resolve(folders.cwd, configHome, 'signalbox', 'signin.json'),
    colours: given.NO_COLOR === undefined && given.TERM !== 'dumb',
  };
}
