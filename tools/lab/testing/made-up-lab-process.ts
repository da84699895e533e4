import { dirname, join } from 'node:path';
import { answersOk } from '#processes/supervisor/parts.ts';
import { PartMissing } from '../../ensure/part.ts';
import { labCommand } from '../command.ts';
import type { LabPart, LabServer, Scene } from '../part.ts';

/** The lab's command with parts that take no time to get, so that the frame is tested with real processes and nothing else. */

const program = `
const { appendFileSync } = require('node:fs');
const [name, port] = process.argv.slice(1);
const note = (what) => appendFileSync('journal.txt', what + ' ' + name + '\\n');
process.on('SIGTERM', () => { note('stop'); process.exit(0); });
if (port === 'never') setInterval(() => {}, 1000);
else require('node:http').createServer((_, answer) => answer.end(name)).listen(Number(port), '127.0.0.1', () => note('start'));
`;

function server(name: string, usualPort: number): LabServer {
  const address = ({ ports }: Scene) => `http://127.0.0.1:${ports[name]}`;
  return {
    name,
    ports: { [name]: usualPort },
    address,
    ready: (scene) => answersOk(address(scene)),
    readyWithinMs: 5_000,
  };
}

function part(name: string, servers: readonly LabServer[], port: (server: LabServer, scene: Scene) => string): LabPart {
  return {
    name,
    what: `${servers.length} made up`,
    servers,
    found: () => Promise.resolve(process.execPath),
    get: () =>
      Promise.resolve((one, scene) =>
        Promise.resolve({ file: process.execPath, args: ['-e', program, one.name, port(one, scene)] }),
      ),
    answer: (scene) => servers.map((one) => one.address(scene)),
  };
}

const parts: readonly LabPart[] = [
  part('pair', [server('pair-1', 27_385), server('pair-2', 27_386)], ({ name }, { ports }) => String(ports[name])),
  part('mute', [{ ...server('mute', 27_387), readyWithinMs: 1_000 }], () => 'never'),
  {
    ...part('absent', [server('absent', 27_388)], () => ''),
    get: () => Promise.reject(new PartMissing('It cannot be had here.\nNext step: buy one.')),
  },
];

process.exitCode = await labCommand(process.argv.slice(2), parts, {
  checkout: join(dirname(import.meta.dirname), '..', '..'),
  env: process.env,
  out: (text) => void process.stdout.write(text),
  say: (line) => void process.stderr.write(`${line}\n`),
});
