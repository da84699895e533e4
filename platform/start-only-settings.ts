import { z } from 'zod';

/** A text that may be left out or empty. */
export const optionalText = z.preprocess((value) => (value === '' ? undefined : value), z.string().optional());
/** A port that may be left out or empty. */
export const optionalPort = z.preprocess(
  (value) => (value === '' ? undefined : value),
  z.coerce.number().int().min(0).max(65535).optional(),
);

/** Settings that only `npm start` reads, on top of those of config.ts; `.env.example` is checked against both. */
export const startOnlySchema = z.object({
  SIGNALBOX_POSTGRES_PORT: optionalPort.describe('Port of the embedded PostgreSQL; default 7384'),
  SIGNALBOX_TEMPORAL_PORT: optionalPort.describe('Port of the embedded Temporal; default 7233'),
  SIGNALBOX_TEMPORAL_UI_PORT: optionalPort.describe('Port of the embedded Temporal UI; default 8233'),
  SIGNALBOX_AGENT_NAME: optionalText.describe("Name of this machine's own agent; default from the host name"),
  SIGNALBOX_POSTGRES_BIN: optionalText.describe('Folder with initdb and postgres to use instead of the npm package'),
  SIGNALBOX_TEMPORAL_BIN: optionalText.describe('The temporal binary to use instead of fetching one'),
  SIGNALBOX_CACHE: optionalText.describe("Folder of fetched servers; default the user's cache folder, signalbox/"),
});
