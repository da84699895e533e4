import { waitForFileLock } from '#platform/file-lock.ts';
import { dataFolder } from '#processes/supervisor/data-folder.ts';
import { endProcess } from '#processes/supervisor/end-process.ts';
import { holdPorts, readKeptPorts } from '#processes/supervisor/kept-ports.ts';
import { plainEnvironment } from '#processes/supervisor/parts.ts';
import { readPorts } from '#processes/supervisor/ports.ts';
import { signalProcess } from '#processes/supervisor/process-identity.ts';
import { readProcessTable, writeJsonFile, type ProcessRow } from '#processes/supervisor/process-table.ts';
import { reachableHost, readStartSettings } from '#processes/supervisor/start-settings.ts';
import { labFolder, markOf, readLab, type LabFolder } from './lab-folder.ts';
import type { LabPart, LabServer, Launcher, Scene } from './part.ts';
import { spawnServer, waitUntilReady, type StartedServer } from './start-server.ts';

type Env = Readonly<Record<string, string | undefined>>;

const stopSignals = { ask: 'SIGTERM', force: 'SIGKILL', graceMs: 20_000 } as const;

/** What can be said of one process of a part. */
export interface ServerState {
  readonly part: LabPart;
  readonly server: LabServer;
  /** `silent`: it runs and does not answer; `died`: it was started and ended without being stopped. */
  readonly state: 'ready' | 'silent' | 'died' | 'off';
  readonly pid: number | undefined;
  readonly address: string;
}

/** How the processes of parts are run whose programs are there. */
export type Launchers = ReadonlyMap<LabPart, Launcher>;

/** The real outside systems beside one platform, as far as they were started. */
export interface Lab {
  readonly folder: LabFolder;
  look(): Promise<ServerState[]>;
  /** Gets the programs of those parts that do not run yet, which may take minutes; safe to end at any moment. */
  prepare(parts: readonly LabPart[]): Promise<Launchers>;
  /**
   * Starts what does not run of these parts, in order, each process when the one before is ready, and answers what was
   * started; what runs already has to answer too. Where one does not come up, or `signal` aborts, what was started is ended again and the error is thrown.
   */
  start(parts: readonly LabPart[], launchers: Launchers, signal: AbortSignal): Promise<StartedServer[]>;
  /** Ends what runs of these servers (default: all of the lab), the last started part first; answers how many there were. */
  stop(names?: readonly string[]): Promise<number>;
  /** Ends these at once. */
  kill(servers: readonly StartedServer[]): void;
  answer(part: LabPart): unknown;
}

export function openLab(
  parts: readonly LabPart[],
  deps: { readonly checkout: string; readonly env: Env; readonly say: (line: string) => void },
): Lab {
  const { checkout, env, say } = deps;
  const settings = readStartSettings(env, checkout);
  const folder = labFolder(settings.dataFolder);
  const order = parts.flatMap(({ servers }) => servers.map(({ name }) => name));

  function platform(): Scene['platform'] {
    const ports = readPorts(dataFolder(settings.dataFolder).ports);
    if (!ports) return undefined;
    const at = (name: 'web' | 'workerAdmin' | 'gatewayAdmin') =>
      `${reachableHost(settings.hosts[name])}:${ports[name]}`;
    return { api: at('web'), worker: at('workerAdmin'), gateway: at('gatewayAdmin') };
  }

  function sceneOf(part: LabPart): Scene {
    return { folder: folder.of(part.name), ports: readKeptPorts(folder.ports), platform: platform() };
  }

  function down({ servers }: LabPart): LabServer[] {
    const { alive } = readLab(folder);
    return servers.filter(({ name }) => alive.every(({ role }) => role !== name));
  }

  async function locked<Result>(work: () => Promise<Result>): Promise<Result> {
    const lock = await waitForFileLock(folder.lock, () => say('Another lab command is at work; waiting for it.'));
    try {
      return await work();
    } finally {
      lock.release();
    }
  }

  function record(changed: readonly string[], rows: readonly ProcessRow[]): void {
    const others = readProcessTable(folder.processes).filter(({ role }) => !changed.includes(role));
    writeJsonFile(folder.processes, [...others, ...rows]);
  }

  async function startServer(server: LabServer, scene: Scene, launcher: Launcher, free: () => Promise<void>) {
    const launch = await launcher(server, scene);
    await free();
    const log = folder.log(server.name);
    const own = { ...plainEnvironment(env), ...markOf(folder, server.name) };
    const started = await spawnServer(server.name, launch, { cwd: scene.folder, log, env: own });
    record([server.name], [{ role: server.name, ...started.identity }]);
    return started;
  }

  function waitingFor(server: LabServer, scene: Scene, signal: AbortSignal) {
    return {
      ready: () => server.ready(scene),
      withinMs: server.readyWithinMs,
      log: folder.log(server.name),
      signal,
    };
  }

  async function startPart(
    part: LabPart,
    missing: readonly LabServer[],
    launcher: Launcher,
    started: StartedServer[],
    signal: AbortSignal,
  ): Promise<void> {
    const usual = Object.assign({}, ...missing.map(({ ports }) => ports)) as Record<string, number>;
    folder.makeFor(part.name);
    const held = await holdPorts(folder.ports, usual);
    try {
      const scene = sceneOf(part);
      for (const server of missing) {
        signal.throwIfAborted();
        const startedAt = Date.now();
        const one = await startServer(server, scene, launcher, async () => {
          for (const name of Object.keys(server.ports)) await held.release(name);
        });
        started.push(one);
        await waitUntilReady(one, waitingFor(server, scene, signal));
        const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
        say(`  ${server.name.padEnd(16)} ready in ${seconds} s  ${server.address(scene)}  (pid ${one.identity.pid})`);
      }
    } finally {
      await held.releaseAll();
    }
  }

  /** Nobody starts anything while we have the lock: what runs and is not ready will not become so by itself. */
  async function expectReady(part: LabPart, servers: readonly LabServer[], signal: AbortSignal): Promise<void> {
    const scene = sceneOf(part);
    for (const server of servers) {
      const running = { name: server.name, ended: new Promise<string>(() => undefined) };
      await waitUntilReady(running, waitingFor(server, scene, signal)).catch((error: Error) => {
        throw new Error(`${error.message}\nNext step: npm run lab -- --stop ${part.name}, then start it again.`);
      });
    }
  }

  async function end(rows: readonly ProcessRow[]): Promise<void> {
    const rank = ({ role }: ProcessRow) => order.indexOf(role);
    for (const { role, ...identity } of rows.toSorted((a, b) => rank(b) - rank(a))) {
      say(`  stopping ${role} (pid ${identity.pid}) …`);
      await endProcess(identity, role, stopSignals);
    }
  }

  return {
    folder,
    async look() {
      const { alive, died } = readLab(folder);
      const describe = async (part: LabPart, server: LabServer): Promise<ServerState> => {
        const scene = sceneOf(part);
        const address = server.address(scene);
        const pid = [...alive, ...died].find(({ role }) => role === server.name)?.pid;
        if (died.some(({ role }) => role === server.name)) return { part, server, state: 'died', pid, address };
        if (pid === undefined) return { part, server, state: 'off', pid, address };
        const answers = await server.ready(scene).catch(() => false);
        return { part, server, state: answers ? 'ready' : 'silent', pid, address };
      };
      return Promise.all(parts.flatMap((part) => part.servers.map((server) => describe(part, server))));
    },
    async prepare(wanted) {
      const launchers = new Map<LabPart, Launcher>();
      for (const part of wanted) if (down(part).length > 0) launchers.set(part, await part.get({ env, say }));
      return launchers;
    },
    start(wanted, launchers, signal) {
      const started: StartedServer[] = [];
      return locked(async () => {
        try {
          for (const part of wanted) {
            const missing = down(part);
            const present = part.servers.filter((server) => !missing.includes(server));
            if (missing.length > 0) {
              const launcher = launchers.get(part) ?? (await part.get({ env, say }));
              await startPart(part, missing, launcher, started, signal);
            }
            await expectReady(part, present, signal);
          }
          return started;
        } catch (error) {
          const names = started.map(({ name }) => name);
          await end(started.map(({ name, identity }) => ({ role: name, ...identity })));
          record(names, []);
          throw error;
        }
      });
    },
    stop: (names) =>
      locked(async () => {
        const { alive, died } = readLab(folder);
        const ours = ({ role }: ProcessRow) => names?.includes(role) ?? true;
        const ending = alive.filter(ours);
        await end(ending);
        record(
          [...ending, ...died.filter(ours)].map(({ role }) => role),
          [],
        );
        return ending.length;
      }),
    kill(servers) {
      for (const { identity } of servers) signalProcess(identity, 'SIGKILL');
    },
    answer: (part) => part.answer(sceneOf(part)),
  };
}
