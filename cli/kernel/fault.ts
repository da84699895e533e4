/** What the exit code says; scripts rely on it. */
export const exitCodes = {
  /** What was asked happened. */
  ok: 0,
  /** The platform refused, or what ran did not succeed on every host. */
  failed: 1,
  /** The command line is wrong (or a local file of it); nothing was sent. */
  usage: 2,
  /** No platform answered, or there is no sign-in to reach one with. */
  unreachable: 3,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** An expected end that is no success: printed as a sentence and, where there is one, what to do next. */
export class CliFault extends Error {
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(exitCode: ExitCode, message: string, hint?: string) {
    super(message);
    this.name = 'CliFault';
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/** A wrong option or argument, by its name as typed. */
export function usageFault(option: string, message: string, hint?: string): CliFault {
  return new CliFault(exitCodes.usage, `${option}: ${message}`, hint);
}
