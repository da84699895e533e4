import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { CliContext } from '../kernel/context.ts';
import { CliFault, exitCodes, usageFault } from '../kernel/fault.ts';

interface AgentRunOptions {
  readonly server: string;
  readonly join?: string;
  readonly joinFile?: string;
  readonly data: string;
  readonly name?: string;
  readonly policy?: string;
}

/** `signalbox agent run`: this process becomes the agent, in the foreground. */
export function addAgentRunCommand(agent: Command, context: CliContext): void {
  agent
    .command('run')
    .description('Run an agent in the foreground; any number on one machine, each with a folder of its own')
    .requiredOption('--server <host:port>', 'gateway to dial; several joined by commas')
    .option(
      '--join <token>',
      'join token of the first start (visible to other users of this machine: prefer --join-file)',
    )
    .option('--join-file <file>', 'file with the join token')
    .requiredOption('--data <dir>', 'folder of what the agent keeps')
    .option('--name <name>', 'name of the agent; without: the host name')
    .option('--policy <file>', 'local policy file that restricts users, interpreters and commands')
    .action(async (options: AgentRunOptions) => {
      if (options.join !== undefined && options.joinFile !== undefined)
        throw usageFault('--join', 'give either --join or --join-file');
      const { cwd } = context.io;
      const given: readonly (readonly [string, string | undefined])[] = [
        ['--server', options.server],
        ['--join', options.join],
        ['--join-file', options.joinFile === undefined ? undefined : resolve(cwd, options.joinFile)],
        ['--data', resolve(cwd, options.data)],
        ['--name', options.name],
        ['--policy', options.policy === undefined ? undefined : resolve(cwd, options.policy)],
      ];
      const args = given.flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
      await become(context, [...nodeArgs, agentProgram(context.checkout), ...args]);
    });
}

const nodeArgs = ['--disable-warning=ExperimentalWarning'];

/** The packed agent that setup makes; in a checkout where it was not made yet, its sources. */
function agentProgram(checkout: string): string {
  const packed = join(checkout, 'dist', 'agent.mjs');
  if (existsSync(packed)) return packed;
  const source = join(checkout, 'agent', 'main.ts');
  if (existsSync(source)) return source;
  throw new CliFault(
    exitCodes.failed,
    `there is no ${packed}`,
    `'npm start' packs the agent; so does 'node tools/build-agent.ts' in ${checkout}.`,
  );
}

/** Replaces this process by node with these arguments; where the system cannot, a child in the foreground. */
async function become(context: CliContext, args: readonly string[]): Promise<void> {
  const env = Object.fromEntries(
    Object.entries(context.io.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  if (process.execve !== undefined) process.execve(process.execPath, [process.execPath, ...args], env);
  const child = spawn(process.execPath, args, { cwd: context.io.cwd, env, stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  context.io.interrupted.addEventListener('abort', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) context.setExitCode(exitCodes.failed);
}
