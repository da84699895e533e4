#!/usr/bin/env node
// The bin. Plain JavaScript, so that an older Node of the PATH (which cannot run .ts files) gets as far as starting
// the Node 24 that the checkout brings along.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const self = realpathSync(fileURLToPath(import.meta.url));
const checkout = dirname(dirname(self));
const ownNode = join(checkout, 'node_modules', 'node', 'bin', 'node');
const quiet = '--disable-warning=ExperimentalWarning';
const [major = 0] = process.versions.node.split('.').map(Number);

if (major >= 24) {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = (warning, ...more) => {
    const kind = typeof more[0] === 'object' ? more[0]?.type : more[0];
    if (kind !== 'ExperimentalWarning') emitWarning(warning, ...more);
  };
  // Halves the time to start. Inside the checkout: in a shared folder somebody else could have put code there.
  nodeModule.enableCompileCache(join(checkout, 'node_modules', '.cache', 'signalbox'));
  await import('./main.ts');
} else if (existsSync(ownNode) && !process.execArgv.includes(quiet)) {
  const child = spawn(ownNode, [quiet, self, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal's Ctrl-C reaches the child by itself.
  const forwarded = process.stdin.isTTY ? ['SIGTERM', 'SIGHUP'] : ['SIGTERM', 'SIGHUP', 'SIGINT'];
  for (const signal of forwarded) process.on(signal, () => child.kill(signal));
  if (process.stdin.isTTY) process.on('SIGINT', () => {});
  child.on('error', (error) => {
    process.stderr.write(`signalbox: cannot start ${ownNode}: ${error.message}\n`);
    process.exit(2);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
} else {
  process.stderr.write(
    `signalbox: needs Node 24, and this is ${process.version}.\n` +
      `Run 'npm install' (or 'npm start') once in ${checkout}: it brings Node 24 along.\n`,
  );
  process.exit(2);
}
