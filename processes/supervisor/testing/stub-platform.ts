import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolder, type DataFolder } from '../data-folder.ts';
import { readProcessTable, type ProcessRow } from '../process-table.ts';

const serve = `
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
const roles = process.argv[process.argv.indexOf('--roles') + 1].split(',');
const ports = { api: 'SIGNALBOX_API_PORT', worker: 'SIGNALBOX_WORKER_ADMIN_PORT', gateway: 'SIGNALBOX_GATEWAY_ADMIN_PORT' };
for (const role of roles) {
  createServer((_, answer) => answer.end('{"items":[{"name":"stub"}]}')).listen(Number(process.env[ports[role]]), '127.0.0.1');
}
if (roles.includes('api')) {
  writeFileSync(process.env.SIGNALBOX_DATA + '/run/signin.json', '{"token":"stub"}', { mode: 0o600 });
  writeFileSync(process.env.SIGNALBOX_DATA + '/run/first-password', 'one-time-stub', { mode: 0o600 });
}
process.on('SIGTERM', () => process.exit(0));
`;

/** Leaves a "running script" behind in a session of its own, as the real agent does, and notes its pid. */
const agent = `
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
const note = process.argv[process.argv.indexOf('--data') + 1] + '/script.pid';
if (!existsSync(note)) {
  const script = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
  writeFileSync(note, String(script.pid));
  script.unref();
}
process.on('SIGTERM', () => process.exit(0));
setInterval(() => {}, 1000);
`;

/** A checkout whose own roles do nothing, so that the supervisor is tested with real servers and nothing else. */
export interface StubPlatform {
  readonly folder: DataFolder;
  /** Runs processes/start.ts of the real checkout against this one. */
  start(args?: readonly string[]): RunningStart;
  rows(): ProcessRow[];
  pid(role: string): number;
  remove(): void;
}

export interface RunningStart {
  readonly process: ChildProcess;
  output(): string;
  /** The exit code; null after a signal. */
  readonly ended: Promise<number | null>;
}

/** `parentMode` is the mode of the folder around the checkout: 0700 is what root's home has. */
export function createStubPlatform(parentMode = 0o755): StubPlatform {
  const parent = mkdtempSync(join(tmpdir(), 'signalbox-start-'));
  chmodSync(parent, parentMode);
  const checkout = join(parent, 'checkout');
  for (const name of ['processes', 'dist', 'node_modules']) mkdirSync(join(checkout, name), { recursive: true });
  writeFileSync(join(checkout, 'processes', 'serve.ts'), serve);
  writeFileSync(join(checkout, 'dist', 'agent.mjs'), agent);
  const folder = dataFolder(join(checkout, '.signalbox'));
  const rows = () => readProcessTable(folder.processes);
  const anyPort = ['API', 'GATEWAY', 'WORKER_ADMIN', 'GATEWAY_ADMIN', 'POSTGRES', 'TEMPORAL', 'TEMPORAL_UI'];

  return {
    folder,
    rows,
    start(args = []) {
      const script = join(import.meta.dirname, '..', '..', 'start.ts');
      const child = spawn(process.execPath, [script, '--checkout', checkout, ...args], {
        env: {
          ...process.env,
          SIGNALBOX_AGENT_NAME: 'stub',
          ...Object.fromEntries(anyPort.map((name) => [`SIGNALBOX_${name}_PORT`, '0'])),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      child.stdout.on('data', (text: Buffer) => (output += text.toString()));
      child.stderr.on('data', (text: Buffer) => (output += text.toString()));
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      return { process: child, output: () => output, ended };
    },
    pid(role) {
      const row = rows().find((one) => one.role === role);
      if (!row) throw new Error(`no process plays ${role}`);
      return row.pid;
    },
    remove() {
      try {
        process.kill(Number(readFileSync(join(folder.agent, 'script.pid'), 'utf8')), 'SIGKILL');
      } catch {
        // It was never started, or is gone.
      }
      rmSync(parent, { recursive: true, force: true });
    },
  };
}
