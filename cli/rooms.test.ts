import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { createContext } from './kernel/context.ts';
import { createProgram } from './program.ts';
import { rooms } from './rooms.ts';

const sink = { write: () => true, once: () => undefined };
const interrupted = new AbortController().signal;
const io = { env: {}, cwd: '/', stdin: process.stdin, stdout: sink, stderr: sink, interrupted };
const program = createProgram(createContext({ io, passthrough: undefined, setExitCode: () => undefined }));

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}
const commands = everyCommand(program);
const optionNames = commands.flatMap(({ options }) => options.flatMap(({ long }) => long ?? []));
const argumentNames = commands.flatMap((command) => command.registeredArguments.map((argument) => argument.name()));

it.each(['things', 'meant', 'optionOfField'] as const)('no two rooms say something of the same name: %s', (part) => {
  const names = rooms.flatMap((room) => Object.keys(room[part] ?? {}));
  expect(names).toEqual([...new Set(names)]);
});

it('rooms speak of arguments, options and commands that there are', () => {
  const meant = rooms.flatMap((room) => Object.keys(room.meant ?? {}));
  expect(meant.filter((name) => ![...optionNames, ...argumentNames].includes(name))).toEqual([]);
  const ofFields = rooms.flatMap((room) => Object.values(room.optionOfField ?? {}));
  expect(ofFields.filter((name) => !optionNames.includes(name))).toEqual([]);
  const paths = commands.map((command) => `${command.parent?.name() ?? ''} ${command.name()}`);
  expect(paths).toEqual(expect.arrayContaining(rooms.flatMap((room) => room.takePassthrough ?? [])));
});
