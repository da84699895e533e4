import { chromium } from './chromium.ts';
import { PartMissing, type EnsureOptions } from './part.ts';
import { postgresBinaries } from './postgres.ts';
import { prometheusBinaries } from './prometheus.ts';
import { temporalBinary } from './temporal.ts';
import { temporalTestServer } from './temporal-test-server.ts';

const parts = {
  postgres: postgresBinaries,
  temporal: temporalBinary,
  temporalTestServer,
  chromium,
  prometheus: prometheusBinaries,
} as const;

/** A server that tests need. */
export type TestPart = keyof typeof parts;

/** Fetches the parts that are not there yet; answers for each one that this machine cannot have why, with the next step. */
export async function missingParts(
  wanted: readonly TestPart[],
  options: EnsureOptions = {},
): Promise<Map<TestPart, string>> {
  const missing = new Map<TestPart, string>();
  for (const part of wanted) {
    try {
      await parts[part](options);
    } catch (error) {
      if (!(error instanceof PartMissing)) throw error;
      missing.set(part, error.message);
    }
  }
  return missing;
}
