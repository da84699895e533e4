import { existsSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startDetached } from './supervisor/detached.ts';
import { dataFolder } from './supervisor/data-folder.ts';
import { readStartSettings } from './supervisor/start-settings.ts';
import { stopRunning } from './supervisor/stop-running.ts';
import { createSupervisor, type RunningPlatform, type ServeRole } from './supervisor/supervisor.ts';

const usage = `npm start                      start everything here; Ctrl-C stops it in order
npm start -- --detach          start in the background, return when ready
npm start -- --stop            stop what runs on the data folder
npm start -- --roles api,worker,gateway   these roles in one process instead of one each
`;

const { values } = parseArgs({
  options: {
    detach: { type: 'boolean', default: false },
    stop: { type: 'boolean', default: false },
    roles: { type: 'string' },
    help: { type: 'boolean', default: false },
    // Not for users: tests start the supervisor on a checkout whose roles do nothing.
    checkout: { type: 'string', default: dirname(dirname(fileURLToPath(import.meta.url))) },
  },
});
const { checkout } = values;

// A terminal that was closed, or a reader that went away, must not keep us from stopping in order.
process.stdout.on('error', () => undefined);

/** `secret` lines reach the person who started us, never a log file. */
function say(line: string, { secret = false } = {}): void {
  if (!secret || !process.connected) process.stdout.write(`${line}\n`);
  // To the one who started us in the background; it may have gone since.
  if (process.connected) process.send?.({ line }, () => undefined);
}

function welcome(platform: RunningPlatform, root: string, seconds: string): string {
  const inside = relative(checkout, root);
  const folder = inside.startsWith('..') ? root : inside;
  return [
    '',
    `Signalbox is ready (${seconds} s).`,
    `  Web and API      ${platform.web}`,
    ...(platform.firstPassword
      ? [
          `  First sign-in    admin / ${platform.firstPassword}   (once: change it; kept in ${folder}/run/first-password until then)`,
        ]
      : []),
    ...(platform.temporalUi ? [`  Temporal UI      ${platform.temporalUi}`] : []),
    '',
    'Try, in another terminal:',
    '  npx signalbox status',
    "  npx signalbox task run --node demo.local --wait -- bash -c 'echo hello from $(hostname)'",
    '  npx signalbox agent list',
    '',
  ].join('\n');
}

async function runHere(together: ServeRole[] | undefined): Promise<void> {
  const startedAt = Date.now();
  const settings = readStartSettings(process.env, checkout);
  const supervisor = createSupervisor(settings, { checkout, env: process.env, say, together });
  let signals = 0;
  const interrupted = () => {
    signals += 1;
    if (signals > 1) {
      say('Stopping at once.');
      supervisor.kill();
      return;
    }
    say('\nStopping in order (again: at once) …');
    supervisor.stop().then(
      () => {
        say('Stopped. What was running goes on at the next start.');
        process.exit(0);
      },
      (error: Error) => {
        say(error.message);
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupted);
  if (process.getuid?.() === 0)
    say('Running as root: the agent of this machine, and so every task on it, is root too.');
  say(`Starting Signalbox on ${settings.dataFolder}`);
  try {
    const platform = await supervisor.start();
    say(welcome(platform, settings.dataFolder, ((Date.now() - startedAt) / 1000).toFixed(1)), { secret: true });
    if (process.connected) process.send?.({ ready: true }, () => process.disconnect());
    else say('Ctrl-C stops all in order; what was running goes on at the next start.');
  } catch (error) {
    if (signals > 0) return;
    say(`\n${(error as Error).message}`);
    process.exit(1);
  }
}

const roles = values.roles?.split(',') as ServeRole[] | undefined;
const allRoles: readonly ServeRole[] = ['api', 'worker', 'gateway'];

if (values.help) {
  process.stdout.write(usage);
} else if (values.stop) {
  process.exitCode = await stopRunning(dataFolder(readStartSettings(process.env, checkout).dataFolder), say);
} else if (roles && (roles.length !== 3 || allRoles.some((role) => !roles.includes(role)))) {
  process.stderr.write(
    `--roles takes api,worker,gateway (all three, in one process); got ${values.roles}.\n\n${usage}`,
  );
  process.exitCode = 1;
} else if (!existsSync(`${checkout}/node_modules`)) {
  process.stderr.write('Dependencies are missing. Run: npm start\n');
  process.exitCode = 1;
} else if (values.detach) {
  const folder = dataFolder(readStartSettings(process.env, checkout).dataFolder);
  process.exitCode = await startDetached(
    folder,
    ['--checkout', checkout, ...(values.roles ? ['--roles', values.roles] : [])],
    say,
  );
} else {
  await runHere(roles);
}
