import { join } from 'node:path';
import { writeJsonFile } from '#processes/supervisor/process-table.ts';
import { labFolder } from '#tools/lab/lab-folder.ts';
import { labParts } from '#tools/lab/parts.ts';
import { type CliResult, runCommand } from './command.ts';
import { ownPorts } from './own-ports.ts';

const checkout = join(import.meta.dirname, '..', '..');
/** Long enough for a part that has to be built first. */
const timeoutMs = 600_000;

/** Parts of the lab beside a platform of a test's own, on ports of their own. */
export interface TestLab {
  /** `npm run lab -- …` as a user types it. */
  run(...args: string[]): Promise<CliResult>;
  /** Starts these parts in the background; answers what they answer. */
  start<Answer>(...parts: string[]): Promise<Answer>;
  /** Ends all of it. */
  stop(): Promise<void>;
}

/** The lab on the data folder that `env` names. */
export async function testLab(env: Readonly<Record<string, string>>): Promise<TestLab> {
  const names = labParts.flatMap(({ servers }) => servers.flatMap(({ ports }) => Object.keys(ports)));
  const ports = await ownPorts(names.length);
  const data = env['SIGNALBOX_DATA'];
  if (!data) throw new Error('a test has a data folder of its own: SIGNALBOX_DATA');
  writeJsonFile(labFolder(data).ports, Object.fromEntries(names.map((name, index) => [name, ports[index]])));

  const run = (...args: string[]) =>
    runCommand(process.execPath, ['--disable-warning=ExperimentalWarning', join('tools', 'lab.ts'), ...args], {
      cwd: checkout,
      env: { ...env },
      timeoutMs,
    });
  async function expectZero(...args: string[]): Promise<CliResult> {
    const result = await run(...args);
    if (result.code !== 0) throw new Error(`lab ${args.join(' ')} ended with ${result.code}: ${result.stderr}`);
    return result;
  }
  return {
    run,
    async start<Answer>(...parts: string[]) {
      const result = await expectZero(...parts, '--detach', '-o', 'json');
      return result.json<Answer>();
    },
    async stop() {
      await expectZero('--stop');
    },
  };
}
