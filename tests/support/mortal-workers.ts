import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import type { Doom, MortalOrder, MortalWord } from './mortal-worker-process.ts';

/** Worker processes of the control queue that die by SIGKILL when the test says so; each is replaced at once. */
export interface MortalWorkers {
  /** Deaths that came to pass: `before <activity>`, `after <activity>` (its effect is committed), `struck` (at any moment). */
  readonly deaths: ReadonlyMap<string, number>;
  /** Process ids of the dead. */
  readonly dead: ReadonlySet<number>;
  /** Has one that is well die as told, as soon as another is well too; `struck`: now. */
  kill(death: Doom | 'struck'): Promise<void>;
  readonly stop: () => Promise<void>;
}

interface Mortal {
  readonly child: ChildProcess;
  polls: boolean;
  doomed: boolean;
}

/** Starts that many, and waits until all poll. `clock`: what time they take it to be. */
export async function startMortalWorkers(options: {
  count: number;
  address: string;
  databaseUrl: string;
  clock: () => Promise<Date>;
}): Promise<MortalWorkers> {
  const deaths = new Map<string, number>();
  const dead = new Set<number>();
  const alive = new Set<Mortal>();
  let stopping = false;

  const count = (death: string) => deaths.set(death, (deaths.get(death) ?? 0) + 1);
  const well = () => [...alive].filter(({ polls, child }) => polls && !child.killed);

  function bear(): void {
    const child = fork(join(import.meta.dirname, 'mortal-worker-process.ts'), [options.address, options.databaseUrl], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const mortal: Mortal = { child, polls: false, doomed: false };
    alive.add(mortal);
    const tell = (order: MortalOrder) => child.connected && child.send(order, () => undefined);
    child.on('message', (word: MortalWord) => {
      if (word === 'polls') mortal.polls = true;
      else if (word === 'time') void options.clock().then((now) => tell({ now: now.getTime() }));
      else count(`${word.dies} ${word.activity}`);
    });
    child.once('exit', (code, signal) => {
      alive.delete(mortal);
      if (child.pid !== undefined) dead.add(child.pid);
      if (signal !== 'SIGKILL') console.error(`a mortal worker ended by itself: ${code ?? signal}`);
      else if (!stopping) bear();
    });
  }

  for (let n = 0; n < options.count; n++) bear();
  await eventually('all mortal workers poll', () => [...alive].every(({ polls }) => polls), { withinMs: 60_000 });
  return {
    deaths,
    dead,
    async kill(death) {
      // Somebody has to survive.
      await eventually('two mortal workers are well', () => well().length > 1, { withinMs: 60_000 });
      const victim = well().find(({ doomed }) => !doomed) ?? well()[0];
      if (victim === undefined) return;
      if (death !== 'struck') {
        victim.doomed = true;
        victim.child.send({ die: death } satisfies MortalOrder, () => undefined);
        return;
      }
      count(death);
      victim.child.kill('SIGKILL');
    },
    async stop() {
      stopping = true;
      const gone = [...alive].map(({ child }) => new Promise((resolve) => child.once('exit', resolve)));
      for (const { child } of alive) child.kill('SIGKILL');
      await Promise.all(gone);
    },
  };
}
