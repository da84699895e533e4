import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CliFault, exitCodes } from '../fault.ts';
import type { CliSettings } from '../settings.ts';

/** Where the platform is and who we are there. */
export interface SignIn {
  readonly url: string;
  readonly token: string;
  readonly from: 'environment' | 'data-folder' | 'login';
}

const fileSchema = z.object({ url: z.url(), token: z.string().min(1) });

/**
 * Who to be and where: SIGNALBOX_URL + SIGNALBOX_TOKEN; else the data folder of `npm start`; else the file of
 * `signalbox login`. A token alone goes with the address of a file; an address alone never gets a file's token.
 */
export function findSignIn(settings: CliSettings, checkout: string): SignIn {
  const { url, token } = settings;
  if (url !== undefined) {
    if (token === undefined) {
      throw new CliFault(
        exitCodes.unreachable,
        'SIGNALBOX_URL is set, SIGNALBOX_TOKEN is not',
        "Set both: 'signalbox token create' on a machine that is signed in prints a token.",
      );
    }
    return { url, token, from: 'environment' };
  }
  const dataFile = join(settings.dataDir ?? join(checkout, '.signalbox'), 'run', 'signin.json');
  const found =
    readSignIn(dataFile, 'data-folder') ??
    (settings.dataDir === undefined ? readSignIn(settings.loginFile, 'login') : undefined);
  if (found === undefined) {
    throw new CliFault(
      exitCodes.unreachable,
      `not signed in: there is no ${dataFile}`,
      "On the machine of the platform run 'npm start' first; elsewhere set SIGNALBOX_URL and SIGNALBOX_TOKEN.",
    );
  }
  return token === undefined ? found : { ...found, token };
}

function readSignIn(file: string, from: SignIn['from']): SignIn | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const hint =
      code === 'EACCES'
        ? 'It belongs to the user who ran npm start. Run this as that user, or set SIGNALBOX_URL and SIGNALBOX_TOKEN.'
        : undefined;
    throw new CliFault(exitCodes.unreachable, `cannot read ${file}: ${(error as Error).message}`, hint);
  }
  const parsed = fileSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new CliFault(
      exitCodes.unreachable,
      `${file} is damaged`,
      "A new 'npm start' (or 'signalbox login') writes it again.",
    );
  }
  return { url: parsed.data.url.replace(/\/+$/, ''), token: parsed.data.token, from };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
