import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const seconds = 1_000;

/**
 * Projects by what they need: `unit` and `web` nothing, `ledger` a PostgreSQL server (one per run, a database per file),
 * `temporal` also Temporal, `agent` real processes, `browser` the whole platform and Chromium, `e2e` and `chaos` the whole platform.
 * Files named `*.night.test.ts` belong to a project like all others; tools/test.ts leaves them out where it is not night.
 */
export default defineConfig({
  test: {
    testTimeout: 30 * seconds,
    hookTimeout: 120 * seconds,
    teardownTimeout: 30 * seconds,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{domain,words,platform,connectors,cli,processes,tools}/**/*.test.ts', 'tests/walls/**/*.test.ts'],
          exclude: ['**/*.heavy.test.ts', '**/*.ledger.test.ts', 'tests/walls/**/*.night.test.ts'],
        },
      },
      {
        extends: true,
        plugins: [svelte({ configFile: false })],
        test: { name: 'web', include: ['web/src/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'ledger',
          include: ['{db,ledger,gateway,api,activities}/**/*.test.ts', 'cli/**/*.ledger.test.ts'],
          globalSetup: ['tests/support/global-postgres.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'temporal',
          include: ['{workflows,workers}/**/*.test.ts'],
          globalSetup: ['tests/support/global-postgres.ts'],
          testTimeout: 120 * seconds,
        },
      },
      { extends: true, test: { name: 'agent', include: ['agent/**/*.test.ts'], testTimeout: 60 * seconds } },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          testTimeout: 120 * seconds,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts', 'tests/walls/**/*.night.test.ts', '{processes,tools}/**/*.heavy.test.ts'],
          testTimeout: 300 * seconds,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'chaos',
          include: ['tests/chaos/**/*.test.ts'],
          testTimeout: 900 * seconds,
          fileParallelism: false,
        },
      },
    ],
  },
});
