import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWeb } from './build-web.ts';
import { runCommand } from './ensure/command.ts';
import { PartMissing } from './ensure/part.ts';
import { postgresBinaries } from './ensure/postgres.ts';
import { temporalBinary } from './ensure/temporal.ts';

const checkout = dirname(dirname(fileURLToPath(import.meta.url)));
const agentSources = [
  'agent/**/*.{ts,sh}',
  'domain/**/*.ts',
  'platform/**/*.ts',
  'proto/**/*.ts',
  'tools/build-agent.ts',
  'package-lock.json',
];
const webSources = [
  'web/src/**/*',
  'web/static/**/*',
  'web/vite.config.ts',
  'domain/**/*.ts',
  'words/**/*.ts',
  'package-lock.json',
];

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function hashOf(sources: string[]): string {
  const hash = createHash('sha256');
  const files = globSync(sources, {
    cwd: checkout,
    exclude: (name) => String(name).endsWith('.test.ts'),
  }).toSorted();
  for (const file of files) {
    if (statSync(join(checkout, file)).isFile()) hash.update(`${file}\0`).update(readFileSync(join(checkout, file)));
  }
  return hash.digest('hex');
}

/** Makes dist/`made` where it is missing or its sources have changed since. */
async function make(made: string, sources: string[], what: string, build: () => Promise<void>): Promise<void> {
  const stamp = join(checkout, 'dist', `${made}.stamp`);
  const hash = hashOf(sources);
  const there = existsSync(join(checkout, 'dist', made));
  if (there && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  say(what);
  await build();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
}

async function packAgent(): Promise<void> {
  await runCommand(process.execPath, [join(checkout, 'tools', 'build-agent.ts')], { cwd: checkout });
}

/** Tests report a missing server themselves; a start needs it. */
const forTests = process.argv.includes('--for-tests');
const { SIGNALBOX_DATABASE_URL: database, SIGNALBOX_TEMPORAL_ADDRESS: temporal } = process.env;
try {
  if (!forTests && !database) await postgresBinaries({ say });
  if (!forTests && !temporal) await temporalBinary({ say });
  await make('agent.mjs', agentSources, 'Packing the agent into one file, usually 1 s …', packAgent);
  await make('web', webSources, 'Building the web, usually 20 s …', () => buildWeb(checkout));
} catch (error) {
  say(`\n${error instanceof PartMissing ? error.message : String(error)}`);
  process.exitCode = 1;
}
