import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { missingParts } from './ensure/missing.ts';
import { chosenBy, commitOf } from './testing/commit-choice.ts';
import { type FileTime, timesVariable } from './testing/file-times.reporter.ts';
import { environmentOf, nightFiles } from './testing/night.ts';
import { testStages } from './testing/test-projects.ts';
import { slowest, type Timed, timeTable } from './testing/time-table.ts';
import { readVitestReport, type TestOutcome } from './testing/vitest-report.ts';

const usage = `npm test                              the gate: all but what is left to the night
npm run test:night                    everything: also *.night.test.ts and all seeds; the newcomer's way with its unit tests
npm test -- --project unit,ledger     only these projects
npm test -- domain/tasks              only files whose path contains this
STRICT=1 npm test                     what is left out on this machine counts as failed
`;

const checkout = dirname(dirname(fileURLToPath(import.meta.url)));
const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface VitestRun {
  readonly projects: readonly string[];
  readonly filters: readonly string[];
  /** Files that are not run, from the checkout on. */
  readonly without: readonly string[];
  readonly night: boolean;
  /** Where its report goes; the times of the files go beside it. */
  readonly report: string;
}

const timesOf = (report: string): string => `${report}.times`;

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: checkout, env, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

function runVitest({ projects, filters, without, night, report }: VitestRun): Promise<number> {
  const vitest = join(checkout, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['default', 'json', join(import.meta.dirname, 'testing', 'file-times.reporter.ts')];
  const args = [
    ...['run', '--passWithNoTests', `--outputFile.json=${report}`],
    ...projects.flatMap((name) => ['--project', name]),
    ...without.flatMap((file) => ['--exclude', file]),
    ...reporters.flatMap((name) => ['--reporter', name]),
  ];
  const env = { ...environmentOf(night), [timesVariable]: timesOf(report) };
  return run(process.execPath, [vitest, ...args, ...filters], env);
}

function readTimes(report: string): FileTime[] {
  return existsSync(timesOf(report)) ? (JSON.parse(readFileSync(timesOf(report), 'utf8')) as FileTime[]) : [];
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      project: { type: 'string' },
      night: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
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
  const whole = wanted === undefined && positionals.length === 0;
  const nightOnly = nightFiles(checkout);
  const chosen = chosenBy(commitOf(checkout), 'night file', nightOnly);
  const without = values.night ? [] : nightOnly.filter((file) => file !== chosen);
  if (!values.night) say(`Of the night's files, this commit's id chose ${chosen}.`);

  const parts: Timed[] = [];
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const result = await work();
    parts.push({ name, ms: performance.now() - startedAt });
    return result;
  };
  const servers = [...new Set(stages.flat().flatMap(({ needs }) => needs))];
  const missing = await timed('servers, fetched or found', () => missingParts(servers, { say }));

  const leftOut: string[] = [];
  const outcomes: TestOutcome[] = [];
  const times: FileTime[] = [];
  const reports = mkdtempSync(join(tmpdir(), 'signalbox-test-'));
  try {
    for (const [index, stage] of stages.entries()) {
      const able = stage.filter(({ needs }) => needs.every((part) => !missing.has(part)));
      for (const { name, needs } of stage.filter((project) => !able.includes(project))) {
        const reasons = needs.flatMap((part) => missing.get(part) ?? []);
        leftOut.push(`project ${name}: ${reasons.join(' ')}`);
      }
      if (able.length === 0) continue;
      const report = join(reports, `${index}.json`);
      const projects = able.map(({ name }) => name);
      const code = await timed(projects.join(' + '), () =>
        runVitest({ projects, filters: positionals, without, night: values.night, report }),
      );
      const outcome = readVitestReport(report, checkout);
      // Vitest also fails for what belongs to no test, such as an error that nobody caught.
      const unexplained = code !== 0 && outcome.failed.length === 0 ? [`vitest ended with exit code ${code}`] : [];
      outcomes.push({ ...outcome, failed: [...outcome.failed, ...unexplained] });
      times.push(...readTimes(report));
    }
    if (values.night && whole) {
      const args = [join(checkout, '.ci', 'newcomer'), reports, '--unit-tests'];
      const code = await timed("newcomer's way, with unit tests", () => run('bash', args, process.env));
      outcomes.push({ passed: code === 0 ? 1 : 0, failed: code === 0 ? [] : ["the newcomer's way"], skipped: [] });
    }
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }

  leftOut.push(...outcomes.flatMap(({ skipped }) => skipped));
  const failed = outcomes.flatMap((outcome) => outcome.failed);
  if (whole && leftOut.length === 0) {
    const ran = new Set(times.map(({ file }) => file));
    const strays = nightOnly.filter((file) => !without.includes(file) && !ran.has(file));
    failed.push(...strays.map((file) => `${file} was not run: no project of vitest.config.ts has it`));
  }
  const files = times.map(({ project, file, ms }) => ({ name: `${file} (${project})`, ms }));
  say(`\n${timeTable('Times', parts)}`);
  if (files.length > 0) say(timeTable('Slowest files', slowest(files, 10)));
  const asked = (file: string) => positionals.length === 0 || positionals.some((filter) => file.includes(filter));
  const left = [...without.filter(asked), 'most seeds', "the newcomer's unit tests"].join(', ');
  if (!values.night) say(`Left to the night (npm run test:night): ${left}`);
  if (leftOut.length > 0) say(`Left out on this machine:\n${leftOut.map((line) => `  ${line}`).join('\n')}`);
  if (process.env['STRICT'] === '1') failed.push(...leftOut.map((line) => `left out: ${line}`));
  if (failed.length > 0) say(`Failed:\n${failed.map((line) => `  ${line}`).join('\n')}`);
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  say(`${passed} passed, ${failed.length} failed`);
  return failed.length > 0 || passed === 0 ? 1 : 0;
}

process.exitCode = await main();
