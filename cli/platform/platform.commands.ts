import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import type { Command } from 'commander';
import type { Status } from '#api/platform/platform.contract.ts';
import { createIdentityClient } from '../identity/identity.client.ts';
import type { CliContext } from '../kernel/context.ts';
import { CliFault, exitCodes } from '../kernel/fault.ts';
import { isForPeople, type ItemView } from '../kernel/output/printer.ts';
import { withOutput, type OutputOption } from '../kernel/options.ts';

const statusItem: ItemView<Status> = {
  fields: (status) => [
    ['ready', status.ready ? 'yes' : `no: ${status.reasons.join('; ')}`],
    ['version', status.version],
    ['web', status.addresses.web],
    ['Temporal UI', status.addresses.temporalUi || '-'],
    ['Temporal', status.addresses.temporal],
    ['gateway', status.addresses.gateway],
    ['PostgreSQL', status.addresses.postgres],
    ['processes', status.processes.map(({ role, pid }) => `${role} ${pid}`).join(', ') || '-'],
    ['agents', `${status.agents.online} of ${status.agents.total} online`],
  ],
  name: (status) => (status.ready ? 'ready' : 'not-ready'),
};

/** What is about the platform as a whole: `status`, `whoami`, `doctor`, `stop`. */
export function addPlatformCommands(program: Command, context: CliContext): void {
  withOutput(
    program
      .command('status')
      .description('Is the platform ready, and where is what')
      .option('--check', 'exit code 1 unless it is ready', false),
  ).action(async (options: OutputOption & { check: boolean }) => {
    // Asked once: a platform that is down is an answer too.
    const status = await context.http().json<Status>('GET', '/api/v1/status', { patienceMs: 0 });
    context.print.item(options.output, status, statusItem);
    if (options.check && !status.ready) context.setExitCode(exitCodes.failed);
  });

  withOutput(program.command('whoami').description('Who you are to the platform')).action(
    async (options: OutputOption) => {
      const me = await createIdentityClient(context.http()).whoami();
      context.print.item(options.output, me, {
        fields: (item) => [
          ['name', item.name],
          ['role', item.role],
          ['at', context.signIn().url],
          ['signed in by', signedInBy[context.signIn().from]],
          ['roles on nodes', item.grants.map((grant) => `${grant.role} on ${grant.node}`).join(', ') || '-'],
          ['everywhere you may', item.actions.join(', ') || '-'],
        ],
        name: (item) => item.name,
      });
    },
  );

  withOutput(
    program.command('doctor').description('Check each part of the platform on this machine and say what to do'),
  ).action(async (options: OutputOption) => {
    if (isForPeople(options.output)) {
      await runProgram(context, 'tools/doctor.ts', []);
      return;
    }
    const findings = JSON.parse(
      (await runProgram(context, 'tools/doctor.ts', ['--json'], 'read')) || '[]',
    ) as Finding[];
    context.print.list(options.output, findings, { columns: [], name: (finding) => finding.check, empty: '' });
  });

  program
    .command('stop')
    .description('Stop the platform of npm start on this machine, in order')
    .action(async () => {
      await runProgram(context, 'processes/start.ts', ['--stop']);
    });
}

const signedInBy = {
  environment: 'SIGNALBOX_URL and SIGNALBOX_TOKEN',
  'data-folder': 'the data folder of npm start',
  login: 'signalbox login',
} as const;

/** One line of the doctor's report. */
interface Finding {
  readonly check: string;
  readonly level: 'ok' | 'warn' | 'fail';
  readonly found: string;
  readonly advice?: string;
}

/**
 * Runs one of the checkout's own programs here (what they do needs this machine, not the platform's API) and takes over
 * its exit code. Answers what it printed where it is to be read, else prints it.
 */
async function runProgram(
  context: CliContext,
  path: string,
  args: readonly string[],
  stdout: 'read' | 'print' = 'print',
): Promise<string> {
  const file = join(context.checkout, path);
  if (!existsSync(file)) throw new CliFault(exitCodes.failed, `${file} is missing: this needs a checkout of Signalbox`);
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, ...args], {
    cwd: context.checkout,
    env: { ...context.io.env },
    stdio: ['inherit', stdout === 'read' ? 'pipe' : 'inherit', 'inherit'],
  });
  const exit = once(child, 'exit') as Promise<[number | null]>;
  const printed = child.stdout === null ? '' : await readAll(child.stdout);
  const [code] = await exit;
  if (code !== 0) context.setExitCode(exitCodes.failed);
  return printed;
}
