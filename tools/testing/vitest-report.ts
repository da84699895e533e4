import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { z } from 'zod';

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

/** What a run of vitest came to. */
export interface TestOutcome {
  readonly passed: number;
  readonly failed: readonly string[];
  /** Tests that said themselves that they cannot run here. */
  readonly skipped: readonly string[];
}

/** Reads vitest's JSON report. A file that could not be loaded, and a report that is not there, count as failed. */
export function readVitestReport(path: string, checkout: string): TestOutcome {
  if (!existsSync(path)) return { passed: 0, failed: ['vitest ended without a report'], skipped: [] };
  const { testResults } = reportSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const all = testResults.flatMap((file) =>
    file.assertionResults.map(({ fullName, status }) => ({
      status,
      name: `${relative(checkout, file.name)}: ${fullName.trim()}`,
    })),
  );
  const broken = testResults
    .filter((file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'))
    .map((file) => `${relative(checkout, file.name)}: ${file.message?.split('\n')[0] || 'could not be run'}`);
  return {
    passed: all.filter(({ status }) => status === 'passed').length,
    failed: [...broken, ...all.filter(({ status }) => status === 'failed').map(({ name }) => name)],
    skipped: all.filter(({ status }) => status !== 'passed' && status !== 'failed').map(({ name }) => name),
  };
}
