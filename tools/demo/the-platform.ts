import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { answersOk } from '#processes/supervisor/parts.ts';
import { dataFolder, type DataFolder } from '#processes/supervisor/data-folder.ts';
import { isAlive, signalProcess } from '#processes/supervisor/process-identity.ts';
import { readPorts } from '#processes/supervisor/ports.ts';
import { readProcessTable, type ProcessRow } from '#processes/supervisor/process-table.ts';
import { reachableHost, readStartSettings } from '#processes/supervisor/start-settings.ts';
import { runToEnd } from './command-line.ts';
import { DemoFault, type Narrator } from './narrator.ts';

/** The platform of this checkout, by its supervisor's own records. */
export interface ThePlatform {
  readonly folder: DataFolder;
  /** Whether its supervisor lives. */
  runs(): boolean;
  /** `npm start -- --detach` */
  start(): Promise<void>;
  /** `npm start -- --stop` */
  stop(): Promise<void>;
  /** kill -9 of the processes that play these roles now, by pid and start time; answers what was killed. */
  kill(roles: readonly string[]): ProcessRow[];
  /** Waits until each of the roles has a living process other than those, and the api is ready. */
  isBack(roles: readonly string[], killed: readonly ProcessRow[]): Promise<void>;
}

const backWithinMs = 120_000;

export function findPlatform(checkout: string, narrator: Narrator): ThePlatform {
  const settings = readStartSettings(process.env, checkout);
  const folder = dataFolder(settings.dataFolder);
  const rows = () => readProcessTable(folder.processes).filter(isAlive);

  async function npmStart(option: string): Promise<void> {
    narrator.command('root of the checkout', `npm start -- ${option}`);
    const words = ['--disable-warning=ExperimentalWarning', join(checkout, 'processes', 'start.ts'), option];
    const { code, stdout, stderr } = await runToEnd(words, { cwd: checkout, env: process.env, timeoutMs: 400_000 });
    // What follows the addresses is for people who look around by themselves; a first password is not for a demo's log.
    const told = `${stdout}${stderr}`.split('\n').filter((line) => line.trim() !== '' && !/First sign-in/.test(line));
    const hints = told.findIndex((line) => line.startsWith('Try, '));
    narrator.answer((hints < 0 ? told : [...told.slice(0, hints), ...told.slice(-1)]).join('\n'));
    if (code !== 0) throw new DemoFault(`npm start -- ${option} ended with exit code ${code}`);
  }

  return {
    folder,
    runs: () => rows().some(({ role }) => role === 'supervisor'),
    start: () => npmStart('--detach'),
    stop: () => npmStart('--stop'),
    kill(roles) {
      const table = rows();
      const chosen = roles.flatMap((role) => table.find((row) => row.role === role) ?? []);
      // Roles may share a process.
      const once = chosen.filter(({ pid }, index) => chosen.findIndex((row) => row.pid === pid) === index);
      return once.filter((row) => signalProcess(row, 'SIGKILL'));
    },
    async isBack(roles, killed) {
      const ready = `http://${reachableHost(settings.hosts.web)}:${readPorts(folder.ports)?.web}/readyz`;
      const replaced = (role: string) =>
        rows().some(
          (row) =>
            row.role === role && killed.every(({ pid, startTime }) => row.pid !== pid || row.startTime !== startTime),
        );
      for (const deadline = Date.now() + backWithinMs; !(roles.every(replaced) && (await answersOk(ready)));) {
        if (Date.now() > deadline) throw new DemoFault(`not back within ${backWithinMs / 1000} s: ${roles.join(', ')}`);
        await sleep(100);
      }
    },
  };
}
