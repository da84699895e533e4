import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { labCommand } from './lab/command.ts';
import { labParts } from './lab/parts.ts';

// A terminal that was closed, or a reader that went away, must not keep us from stopping in order.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

process.exitCode = await labCommand(process.argv.slice(2), labParts, {
  checkout: dirname(dirname(fileURLToPath(import.meta.url))),
  env: process.env,
  out: (text) => void process.stdout.write(text),
  say: (line) => void process.stderr.write(`${line}\n`),
});
