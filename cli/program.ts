import { Command, CommanderError } from 'commander';
import { Refusal } from './kernel/client/refusal.ts';
import { addCompletionCommand, completeCommand, printCandidates } from './kernel/completion.ts';
import { createContext, type CliContext } from './kernel/context.ts';
import { CliFault, exitCodes, type ExitCode } from './kernel/fault.ts';
import type { CliIo } from './kernel/io.ts';
import { createPaint, type Paint } from './kernel/output/paint.ts';
import { renderRefusal } from './kernel/output/problem.ts';
import { together } from './kernel/room.ts';
import { rooms } from './rooms.ts';

const exitHelp = `
Exit codes: 0 what was asked happened · 1 refused, or it failed on some host · 2 wrong command line · 3 no platform reached
Data goes to stdout, messages to stderr. The platform is the one of npm start on this machine, or SIGNALBOX_URL with SIGNALBOX_TOKEN.`;

/** Runs one command line to its end and returns its exit code. Nothing is thrown. */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  let exitCode: ExitCode = exitCodes.ok;
  let paint: Paint = createPaint(false);
  let running: Command | undefined;
  try {
    const { head, passthrough } = splitPassthrough(argv);
    const context = createContext({ io, passthrough, setExitCode: (code) => (exitCode = code) });
    paint = context.print.paintMessage;
    const program = createProgram(context);
    if (head[0] === completeCommand) {
      await printCandidates(program, rooms, context, head.slice(1));
      return exitCodes.ok;
    }
    program.hook('preAction', (_, action) => void (running = action));
    await program.parseAsync(head, { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error, io, paint, running);
  }
}

/** The tree of commands. */
export function createProgram(context: CliContext): Command {
  const program = new Command('signalbox')
    .description('Operations platform on Temporal: run scripts on hosts, durably.')
    .version(context.version)
    // Its own --version is before a noun only: `script get` has one too.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.io.stdout.write(text),
      writeErr: (text) => void context.io.stderr.write(text),
      getOutHelpWidth: () => context.io.stdout.columns ?? 100,
      getErrHelpWidth: () => context.io.stderr.columns ?? 100,
      outputError: (text, write) => write(text.replace(/^error: /, `${context.print.paintMessage('bad', 'error')}: `)),
    })
    .showHelpAfterError("Add '--help' to see what there is.")
    .addHelpText('after', exitHelp);
  for (const room of rooms) room.add?.(program, context);
  addCompletionCommand(program, context);
  return program;
}

/** Everything after the `--` of a command that takes a command to run belongs to that, options and all. */
function splitPassthrough(argv: readonly string[]): { head: string[]; passthrough: string[] | undefined } {
  const at = argv.indexOf('--');
  const command = argv.slice(0, 2).join(' ');
  if (at === -1 || !rooms.some((room) => room.takePassthrough?.includes(command)))
    return { head: [...argv], passthrough: undefined };
  return { head: argv.slice(0, at), passthrough: argv.slice(at + 1) };
}

function report(error: unknown, io: CliIo, paint: Paint, running: Command | undefined): ExitCode {
  // Commander has printed what it has to say.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (io.interrupted.aborted) {
    if (error instanceof CliFault) io.stderr.write(`${error.message}\n`);
    return exitCodes.interrupted;
  }
  if (error instanceof Refusal) {
    const optionsOfCommand = running?.options.flatMap((option) => option.long ?? []) ?? [];
    io.stderr.write(renderRefusal(error, { paint, optionsOfCommand, optionOfField: together(rooms, 'optionOfField') }));
    return exitCodes.failed;
  }
  if (error instanceof CliFault) {
    io.stderr.write(`${paint('bad', 'error')}: ${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`);
    return error.exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr.write(`${paint('bad', 'error')}: this is a fault of signalbox itself, please report it\n${text}\n`);
  return exitCodes.failed;
}
