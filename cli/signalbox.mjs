#!/usr/bin/env node
// The bin. Plain JavaScript, so that an older Node of the PATH (which cannot run .ts files) gets as far as starting
// the Node 24 that the checkout brings along.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(realpathSync(fileURLToPath(import.meta.url)));
const main = join(here, 'main.ts');
const [major = 0] = process.versions.node.split('.').map(Number);

if (major >= 24) {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = (warning, ...more) => {
    const kind = typeof more[0] === 'object' ? more[0]?.type : more[0];
    if (kind !== 'ExperimentalWarning') emitWarning(warning, ...more);
  };
  await import('./main.ts');
} else {
  const checkout = dirname(here);
  const node = join(checkout, 'node_modules', 'node', 'bin', 'node');
  if (existsSync(node)) {
    const child = spawn(node, ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)], {
      stdio: 'inherit',
    });
    // A terminal's Ctrl-C reaches the child by itself.
    const forwarded = process.stdin.isTTY ? ['SIGTERM', 'SIGHUP'] : ['SIGTERM', 'SIGHUP', 'SIGINT'];
    for (const signal of forwarded) process.on(signal, () => child.kill(signal));
    if (process.stdin.isTTY) process.on('SIGINT', () => {});
    child.on('error', (error) => {
      process.stderr.write(`signalbox: cannot start ${node}: ${error.message}\n`);
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
}
