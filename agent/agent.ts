import { setMaxListeners } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunResult } from '#proto/gen/agent.ts';
import { type Credentials, openCredentialStore } from './credentials.ts';
import { lockDataFolder } from './data-lock.ts';
import { createExecutor } from './executor.ts';
import { createFactsWatch } from './facts/facts-watch.ts';
import { exitCodes, FatalFault } from './exit-codes.ts';
import { readHostIdentity } from './host-identity.ts';
import { createLog } from './log.ts';
import { readLocalPolicy } from './local-policy.ts';
import { readBootId } from './process-info.ts';
import { createRunManager } from './run-manager.ts';
import { createSession, type Session } from './session.ts';
import { openSpool } from './spool.ts';
import { installSupervisorScript } from './supervisor-script.ts';
import { agentVersion, protocolVersion } from './version.ts';

export interface AgentOptions {
  readonly servers: readonly string[];
  readonly dataFolder: string;
  /** Only looked at while there is no certificate yet. */
  readonly joinToken?: () => Promise<string | undefined>;
  /** Default: the host name. */
  readonly name?: string;
  readonly policyFile?: string;
  readonly writeLog: (line: string) => void;
  readonly factsEveryMs?: number;
  /** Between two TERM signals to a script that is to end. */
  readonly signalPauseMs?: number;
}

export interface Agent {
  /** Runs until {@link stop}; rejects with a FatalFault. */
  run(): Promise<void>;
  /** Ends the session and leaves running scripts alone. Safe to call twice. */
  stop(): void;
}

/** The whole agent of one host. */
export function createAgent(options: AgentOptions): Agent {
  const stopping = new AbortController();
  // One listener per run.
  setMaxListeners(0, stopping.signal);

  async function run(): Promise<void> {
    const { dataFolder } = options;
    if (process.platform !== 'linux') {
      throw new FatalFault('unsupportedPlatform', `The agent runs on Linux only (this is ${process.platform})`);
    }
    const policy = await readLocalPolicy(options.policyFile);
    await mkdir(dataFolder, { recursive: true, mode: 0o711 });
    const lock = lockDataFolder(dataFolder);
    const identity = await readHostIdentity(dataFolder);
    const log = createLog({ host: identity.hostname, address: identity.address }, options.writeLog);
    log.info('agent starts', { version: agentVersion, pid: process.pid, identity: identity.identity });

    const store = await openCredentialStore(join(dataFolder, 'tls'));
    const credentials = (await store.load()) ?? (await joinServer());
    if (credentials === undefined) return lock.release();

    const spoolFolder = join(dataFolder, 'spool');
    const spool = await openSpool(spoolFolder, log);
    const bootId = readBootId();
    const executor = await createExecutor({
      dataFolder,
      supervisorScript: await installSupervisorScript(spoolFolder),
      bootId,
      policy,
      log,
      stopping: stopping.signal,
      ...(options.signalPauseMs === undefined ? {} : { signalPauseMs: options.signalPauseMs }),
    });
    const unkept = new Map<string, RunResult>();
    let session: Session | undefined = undefined;
    const runs = createRunManager({
      spool,
      executor,
      log,
      stopping: stopping.signal,
      onResult(runId, result) {
        if (result !== undefined) unkept.set(runId, result);
        session?.resultReady(runId);
      },
    });
    const facts = createFactsWatch({
      everyMs: options.factsEveryMs ?? 600_000,
      log,
      onChange: () => session?.factsChanged(),
    });
    await facts.start();
    await runs.start();
    session = createSession({
      servers: options.servers,
      credentials,
      store,
      spool,
      runs,
      unkept,
      facts: () => facts.current(),
      hello: { version: agentVersion, protocol: protocolVersion, bootId, ...identity },
      log,
      stopping: stopping.signal,
    });
    try {
      await session.run();
      log.info('agent stops');
    } finally {
      facts.stop();
      stopping.abort();
      await executor.removeWorkRoot();
      lock.release();
    }

    async function joinServer(): Promise<Credentials | undefined> {
      const joinToken = await options.joinToken?.();
      if (joinToken === undefined) {
        throw new FatalFault(
          'usage',
          `There is no certificate in ${dataFolder} yet: give a join token (--join or --join-file)`,
        );
      }
      // Loaded only when it is needed: what it brings along should not stay in an idle agent.
      const { enrol } = await import('./enrolment.ts');
      return enrol({
        joinToken,
        servers: options.servers,
        name: options.name ?? identity.hostname,
        identity: identity.identity,
        version: agentVersion,
        store,
        log,
        stopping: stopping.signal,
      });
    }
  }

  return { run, stop: () => stopping.abort() };
}

/** What a process that ran an agent ends with. */
export function exitCodeOf(error: unknown): number {
  return error instanceof FatalFault ? error.exitCode : exitCodes.internal;
}
