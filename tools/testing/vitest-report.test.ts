import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readVitestReport } from './vitest-report.ts';

describe('readVitestReport', () => {
  it('counts passed, failed and skipped tests, files that did not load, and a report that is missing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-report-'));
    const path = join(folder, 'report.json');
    const test = (fullName: string, status: string) => ({ fullName, status });
    const file = (name: string, status: string, assertionResults: unknown[], message = '') => ({
      name: join('/checkout', name),
      status,
      message,
      assertionResults,
    });
    writeFileSync(
      path,
      JSON.stringify({
        testResults: [
          file('a.test.ts', 'passed', [test('one', 'passed'), test('two', 'skipped')]),
          file('b.test.ts', 'failed', [test('three', 'failed'), test('four', 'passed')]),
          file('c.test.ts', 'failed', [], 'Cannot find module\nat …'),
        ],
      }),
    );
    expect(readVitestReport(path, '/checkout')).toEqual({
      passed: 2,
      failed: ['c.test.ts: Cannot find module', 'b.test.ts: three'],
      skipped: ['a.test.ts: two'],
    });
    expect(readVitestReport(join(folder, 'none.json'), '/checkout').failed).toHaveLength(1);
    rmSync(folder, { recursive: true });
  });
});
