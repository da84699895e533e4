import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { missingParts } from './ensure/missing.ts';
import { testStages } from './testing/test-projects.ts';
import { readVitestReport, type TestOutcome } from './testing/vitest-report.ts';

const usage = `npm test                              everything that this machine can run
npm test -- --project unit,ledger     only these projects
npm test -- domain/tasks              only files whose path contains this
STRICT=1 npm test                     what is left out counts as failed
`;

const checkout = dirname(dirname(fileURLToPath(import.meta.url)));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function runVitest(projects: readonly string[], filters: readonly string[], report: string): Promise<number> {
  const vitest = join(checkout, 'node_modules', 'vitest', 'vitest.mjs');
  const args = ['run', ...projects.flatMap((name) => ['--project', name]), '--passWithNoTests'];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [vitest, ...args, ...reporters, ...filters], {
      cwd: checkout,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { project: { type: 'string' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    say(usage);
    return 0;
  }
  const wanted = values.project?.split(',');
  const known = testStages.flat().map(({ name }) => name);
  const unknown = wanted?.filter((name) => !known.includes(name)) ?? [];
  if (unknown.length > 0) {
    say(`There is no test project ${unknown.join(', ')}; there are ${known.join(', ')}.`);
    return 2;
  }
  const stages = testStages.map((stage) => stage.filter(({ name }) => wanted?.includes(name) ?? true));
  const missing = await missingParts([...new Set(stages.flat().flatMap(({ needs }) => needs))], { say });

  const leftOut: string[] = [];
  const outcomes: TestOutcome[] = [];
  const reports = mkdtempSync(join(tmpdir(), 'signalbox-test-'));
  try {
    for (const [index, stage] of stages.entries()) {
      const able = stage.filter(({ needs }) => needs.every((part) => !missing.has(part)));
      for (const { name, needs } of stage.filter((project) => !able.includes(project))) {
        const reasons = needs.flatMap((part) => missing.get(part) ?? []);
        leftOut.push(`project ${name}: ${reasons.join(' ')}`);
      }
      if (able.length === 0) continue;
      const startedAt = Date.now();
      const report = join(reports, `${index}.json`);
      const code = await runVitest(
        able.map(({ name }) => name),
        positionals,
        report,
      );
      const outcome = readVitestReport(report, checkout);
      // Vitest also fails for what belongs to no test, such as an error that nobody caught.
      const unexplained = code !== 0 && outcome.failed.length === 0 ? [`vitest ended with exit code ${code}`] : [];
      outcomes.push({ ...outcome, failed: [...outcome.failed, ...unexplained] });
      say(`${able.map(({ name }) => name).join(' + ')}: ${Math.round((Date.now() - startedAt) / 1000)} s\n`);
    }
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }

  leftOut.push(...outcomes.flatMap(({ skipped }) => skipped));
  const failed = outcomes.flatMap((outcome) => outcome.failed);
  if (leftOut.length > 0) say(`Left out on this machine:\n${leftOut.map((line) => `  ${line}`).join('\n')}`);
  if (process.env['STRICT'] === '1') failed.push(...leftOut.map((line) => `left out: ${line}`));
  if (failed.length > 0) say(`Failed:\n${failed.map((line) => `  ${line}`).join('\n')}`);
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  say(`${passed} passed, ${failed.length} failed`);
  return failed.length > 0 || passed === 0 ? 1 : 0;
}

process.exitCode = await main();
