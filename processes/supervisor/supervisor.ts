import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { databaseUser } from '#tools/ensure/database-user.ts';
import { postgresBinaries } from '#tools/ensure/postgres.ts';
import { temporalBinary } from '#tools/ensure/temporal.ts';
import { tryFileLock, type FileLock } from '#platform/file-lock.ts';
import { dataFolder, makeDataFolder, type DataFolder } from './data-folder.ts';
import { rotateLog } from './log-file.ts';
import { findOrphans, stopOrder, stopOrphan } from './orphans.ts';
import { agentPart, postgresPart, servePart, temporalPart } from './parts.ts';
import { localAgentOnline } from './platform-probe.ts';
import { databaseUrl, makeCluster, placeCluster } from './postgres-cluster.ts';
import { readPorts, reservePorts, type Ports, type ReservedPorts } from './ports.ts';
import { identify } from './process-identity.ts';
import { readProcessTable, writeJsonFile } from './process-table.ts';
import { reachableHost, type StartSettings } from './start-settings.ts';
import { superviseChild, type ChildSpec, type SupervisedChild } from './supervised-child.ts';

export type ServeRole = 'api' | 'worker' | 'gateway';

/** Another supervisor has this data folder. */
export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning';
}

/** Where the started platform is. */
export interface RunningPlatform {
  readonly web: string;
  readonly temporalUi: string;
  readonly ports: Ports;
  readonly firstPassword: string | undefined;
}

export interface Supervisor {
  /** Resolves when everything is ready. On failure everything is stopped and the error says what to do. */
  start(): Promise<RunningPlatform>;
  /** Stops all in order: agent, gateway, worker, api, Temporal, PostgreSQL. Safe to call twice. */
  stop(): Promise<void>;
  /** Ends everything at once. PostgreSQL recovers at the next start. */
  kill(): void;
}

const rotateEveryMs = 60_000;

function refusal(folder: DataFolder): AlreadyRunning {
  const pid = readProcessTable(folder.processes).find(({ role }) => role === 'supervisor')?.pid;
  const ports = readPorts(folder.ports);
  return new AlreadyRunning(
    `Signalbox already runs on ${folder.root}${pid ? ` (pid ${pid}${ports ? `, http://127.0.0.1:${ports.web}` : ''})` : ''}.\n` +
      'Stop it with Ctrl-C where it was started or with `npm start -- --stop`; or start a second one on another folder with SIGNALBOX_DATA.',
  );
}

/** Starts and keeps alive one process per role on one data folder. Talks to no database and no Temporal itself. */
export function createSupervisor(
  settings: StartSettings,
  deps: {
    readonly checkout: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly say: (line: string) => void;
    /** Roles in one process; by default one process each. */
    readonly together?: readonly ServeRole[] | undefined;
  },
): Supervisor {
  const { checkout, env, say } = deps;
  const folder = dataFolder(settings.dataFolder);
  const children: SupervisedChild[] = [];
  let lock: FileLock | undefined;
  let reserved: ReservedPorts | undefined;
  let rotating: NodeJS.Timeout | undefined;
  let stopping: Promise<void> | undefined;
  let killed = false;

  function recordProcesses(): void {
    const processes = [
      { roles: 'supervisor', pid: process.pid },
      ...children.map((child) => ({ roles: child.spec.role, pid: child.pid })),
    ];
    const rows = processes.flatMap(({ roles, pid }) => {
      const identity = pid === undefined ? undefined : identify(pid);
      return identity ? roles.split('+').map((role) => ({ role, ...identity })) : [];
    });
    writeJsonFile(folder.processes, rows);
  }

  async function startPart(spec: ChildSpec, where: string): Promise<void> {
    if (stopping) throw new Error('stopped while starting');
    const startedAt = Date.now();
    const child = superviseChild(spec, { logFile: folder.log(spec.role), onChange: recordProcesses, say });
    children.push(child);
    await child.start();
    say(
      `  ${spec.title.padEnd(18)} ready in ${((Date.now() - startedAt) / 1000).toFixed(1)} s  ${where}  (pid ${child.pid})`,
    );
  }

  async function stopLeftovers(cluster: string): Promise<void> {
    const orphans = findOrphans(folder, cluster);
    if (orphans.length === 0) return;
    say(`An earlier start was killed and left ${orphans.length} processes behind; stopping them in order:`);
    for (const orphan of orphans) {
      say(`  ${orphan.role} (pid ${orphan.identity.pid})`);
      await stopOrphan(orphan);
    }
  }

  async function startAll(): Promise<RunningPlatform> {
    const user = settings.databaseUrl ? undefined : databaseUser(say);
    makeDataFolder(folder, user);
    lock = await tryFileLock(folder.lock);
    if (!lock) throw refusal(folder);
    const binaries = settings.databaseUrl ? undefined : await postgresBinaries({ env, say });
    const temporal = settings.temporalAddress ? undefined : await temporalBinary({ env, say });
    const place = placeCluster(folder, user);
    if (place.reason && binaries) say(place.reason);
    await stopLeftovers(place.cluster);
    recordProcesses();
    reserved = await reservePorts(folder.ports, settings.demandedPorts, settings.hosts);
    const { ports } = reserved;
    rotating = setInterval(() => children.forEach(({ spec }) => rotateLog(folder.log(spec.role))), rotateEveryMs);

    const startDatabase = async () => {
      if (!binaries || !reserved) return;
      await makeCluster(folder, place.cluster, binaries, user);
      await startPart(postgresPart(binaries, place.cluster, user, reserved, env), `127.0.0.1:${ports.postgres}`);
    };
    const startTemporal = async () => {
      if (!temporal || !reserved) return;
      await startPart(temporalPart(temporal, folder, reserved, env), `127.0.0.1:${ports.temporal}`);
    };
    await Promise.all([startDatabase(), startTemporal()]);

    const web = `http://${reachableHost(settings.hosts.web)}:${ports.web}`;
    const temporalUi = settings.temporalUi ?? (temporal ? `http://127.0.0.1:${ports.temporalUi}` : '');
    const context = {
      checkout,
      folder,
      reserved,
      env,
      hosts: settings.hosts,
      settings: {
        SIGNALBOX_DATA: folder.root,
        SIGNALBOX_DATABASE_URL: settings.databaseUrl ?? databaseUrl(folder, ports.postgres),
        SIGNALBOX_TEMPORAL_ADDRESS: settings.temporalAddress ?? `127.0.0.1:${ports.temporal}`,
        SIGNALBOX_TEMPORAL_UI: temporalUi,
        SIGNALBOX_API_PORT: String(ports.web),
        SIGNALBOX_GATEWAY_PORT: String(ports.gateway),
        SIGNALBOX_WORKER_ADMIN_PORT: String(ports.workerAdmin),
        SIGNALBOX_GATEWAY_ADMIN_PORT: String(ports.gatewayAdmin),
        SIGNALBOX_LOCAL_JOIN_FILE: folder.joinFile,
      },
    };
    if (deps.together) {
      await startPart(servePart(deps.together, context), web);
    } else {
      // The api first: it brings the database's tables up to date.
      await startPart(servePart(['api'], context), web);
      await Promise.all([
        startPart(servePart(['worker'], context), `127.0.0.1:${ports.workerAdmin}`),
        startPart(servePart(['gateway'], context), `${reachableHost(settings.hosts.gateway)}:${ports.gateway}`),
      ]);
    }
    await startAgent(ports, web);
    const password = existsSync(folder.firstPassword) ? readFileSync(folder.firstPassword, 'utf8').trim() : undefined;
    return { web, temporalUi, ports, firstPassword: password };
  }

  /** Without its agent the platform still works (somebody may have revoked it on purpose), so that is no failure. */
  async function startAgent(ports: Ports, web: string): Promise<void> {
    if (stopping) throw new Error('stopped while starting');
    const name = existsSync(folder.agentName) ? readFileSync(folder.agentName, 'utf8').trim() : settings.agentName;
    writeFileSync(folder.agentName, `${name}\n`, { mode: 0o600 });
    const online = () => localAgentOnline(folder, web, name);
    const gatewayHost = reachableHost(settings.hosts.gateway);
    await startPart(agentPart({ checkout, folder, ports, gatewayHost, name, env, online }), name).catch(
      (error: Error) => {
        if (stopping) throw error;
        say(
          `The agent of this machine is not online, all else runs. ${error.message}\nNext step: npx signalbox doctor`,
        );
      },
    );
  }

  async function stopAll(): Promise<void> {
    const rank = ({ spec }: SupervisedChild) =>
      Math.min(...spec.role.split('+').map((role) => (stopOrder as readonly string[]).indexOf(role)));
    for (const child of children.toSorted((a, b) => rank(a) - rank(b))) {
      if (child.pid !== undefined && !killed) say(`  stopping ${child.spec.title} …`);
      await child.stop();
    }
    clearInterval(rotating);
    await reserved?.releaseAll();
    if (lock) writeJsonFile(folder.processes, []);
    lock?.release();
  }

  const stop = () => (stopping ??= stopAll());
  return {
    async start() {
      try {
        return await startAll();
      } catch (error) {
        await stop();
        throw error;
      }
    },
    stop,
    kill() {
      killed = true;
      for (const child of children) child.kill();
    },
  };
}
