import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines } from '#processes/supervisor/log-file.ts';
import { eventually } from './eventually.ts';
import { checkout, type Platform } from './platform.ts';

/** A real agent process (the packed form) with a data folder of its own. */
export interface RealAgent {
  readonly name: string;
  readonly data: string;
  pid(): number;
  start(): Promise<void>;
  /** kill -9; its scripts live on. */
  kill(): Promise<void>;
  /** SIGTERM, as an upgrade does. */
  stop(): Promise<void>;
  /** Removes what it knows of runs, not who it is. The agent must not run. */
  wipeSpool(): void;
  log(): string;
}

export interface AgentOptions {
  /** Node that its machine is bound to. */
  readonly node?: string;
  /** host:port to dial, instead of the gateway's own. */
  readonly server?: string;
  /** Runs the agent inside another command: its words, then the agent's. */
  readonly wrapper?: () => readonly string[];
  readonly env?: Record<string, string>;
}

/** A join token for one agent of this name. */
export async function joinToken(platform: Platform, name: string, node?: string): Promise<string> {
  const { token } = await platform.api.post<{ token: string }>('/api/v1/join-tokens', {
    agentName: name,
    ...(node === undefined ? {} : { node }),
  });
  return token;
}

/** Enrols one more agent and waits until it is online. */
export async function addAgent(platform: Platform, name: string, options: AgentOptions = {}): Promise<RealAgent> {
  const token = await joinToken(platform, name, options.node);
  const data = join(platform.folder, 'agents', name);
  mkdirSync(data, { recursive: true, mode: 0o755 });
  const logFile = join(platform.folder, 'agents', `${name}.log`);
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const since = await agentConnectedAt(platform, name);
    const output = openSync(logFile, 'a');
    const words = [
      ...(options.wrapper?.() ?? []),
      process.execPath,
      ...[join(checkout, 'dist', 'agent.mjs'), '--server', options.server ?? platform.gatewayAddress()],
      ...['--join', token, '--data', data, '--name', name],
    ];
    const [file = '', ...args] = words;
    child = spawn(file, args, {
      cwd: platform.folder,
      env: { PATH: process.env['PATH'] ?? '', ...options.env },
      detached: true,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    await eventually(
      `agent ${name} is online`,
      async () => {
        if (child?.exitCode !== null) throw new Error(`it ended:\n${lastLines(logFile)}`);
        return (await agentConnectedAt(platform, name)) > since && (await isOnline(platform, name));
      },
      { withinMs: 60_000 },
    );
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill(signal);
    await gone;
  }

  await start();
  return {
    name,
    data,
    pid: () => child?.pid ?? -1,
    start,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    wipeSpool: () => rmSync(join(data, 'spool'), { recursive: true, force: true }),
    log: () => lastLines(logFile, 30),
  };
}

interface AgentRow {
  readonly state: string;
  readonly connectedAt: string | null;
}

async function agentConnectedAt(platform: Platform, name: string): Promise<number> {
  const answer = await platform.api.request<AgentRow>('GET', `/api/v1/agents/${name}`);
  if (answer.status === 404) return 0;
  if (answer.status !== 200) throw new Error(`agent ${name}: ${answer.status}`);
  return answer.body.connectedAt === null ? 0 : Date.parse(answer.body.connectedAt);
}

async function isOnline(platform: Platform, name: string): Promise<boolean> {
  return (await platform.api.get<AgentRow>(`/api/v1/agents/${name}`)).state === 'online';
}
