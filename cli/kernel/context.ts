import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { createHttpClient, type HttpClient } from './client/http.ts';
import { findSignIn, type SignIn } from './client/sign-in.ts';
import type { ExitCode } from './fault.ts';
import type { CliIo } from './io.ts';
import { createPaint } from './output/paint.ts';
import { createPrinter, type Printer } from './output/printer.ts';
import { readSettings, type CliSettings } from './settings.ts';

/** What every command gets. */
export interface CliContext {
  readonly io: CliIo;
  readonly settings: CliSettings;
  readonly print: Printer;
  readonly version: string;
  /** Folder of the checkout that this command belongs to. */
  readonly checkout: string;
  /** What follows the `--` of a command that takes a command to run, verbatim; undefined where there was no `--`. */
  readonly passthrough: readonly string[] | undefined;
  /** Found at first use: a command that needs no platform needs no sign-in. */
  signIn(): SignIn;
  http(): HttpClient;
  /** Ends the command with another code than 0 once it has printed what it has. */
  setExitCode(code: ExitCode): void;
}

export function createContext(options: {
  io: CliIo;
  passthrough: readonly string[] | undefined;
  setExitCode: (code: ExitCode) => void;
}): CliContext {
  const { io } = options;
  const checkout = join(import.meta.dirname, '..', '..');
  const settings = readSettings(io.env, { cwd: io.cwd, checkout });
  const { version } = packageJson;
  let signIn: SignIn | undefined;
  let http: HttpClient | undefined;
  const context: CliContext = {
    io,
    settings,
    version,
    checkout,
    passthrough: options.passthrough,
    print: createPrinter({
      stdout: io.stdout,
      stderr: io.stderr,
      paint: createPaint(settings.colours && io.stdout.isTTY === true),
      paintMessage: createPaint(settings.colours && io.stderr.isTTY === true),
    }),
    signIn: () => (signIn ??= findSignIn(settings, checkout)),
    http: () => (http ??= createHttpClient({ signIn: context.signIn(), version, interrupted: io.interrupted })),
    setExitCode: options.setExitCode,
  };
  return context;
}
