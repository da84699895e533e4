import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
  'scripts/build-agent.ts',
  'package-lock.json',
];

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function sourcesHash(): string {
  const hash = createHash('sha256');
  const files = globSync(agentSources, {
    cwd: checkout,
    exclude: (name) => String(name).endsWith('.test.ts'),
  }).toSorted();
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(checkout, file)));
  return hash.digest('hex');
}

async function packAgent(): Promise<void> {
  const stamp = join(checkout, 'dist', 'agent.stamp');
  const hash = sourcesHash();
  const packed = existsSync(join(checkout, 'dist', 'agent.mjs'));
  if (packed && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  say('Packing the agent into one file, usually 1 s …');
  await runCommand(process.execPath, [join(checkout, 'scripts', 'build-agent.ts')], { cwd: checkout });
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
}

/** Tests report a missing server themselves; a start needs it. */
const forTests = process.argv.includes('--for-tests');
const { SIGNALBOX_DATABASE_URL: database, SIGNALBOX_TEMPORAL_ADDRESS: temporal } = process.env;
try {
  if (!forTests && !database) await postgresBinaries({ say });
  if (!forTests && !temporal) await temporalBinary({ say });
  await packAgent();
} catch (error) {
  say(`\n${error instanceof PartMissing ? error.message : String(error)}`);
  process.exitCode = 1;
}
