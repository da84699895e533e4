/** How the agent process ends, so that whoever supervises it knows what a restart would be good for. */
export const exitCodes = {
  ok: 0,
  internal: 1,
  usage: 2,
  tokenRefused: 10,
  nameTaken: 11,
  revoked: 12,
  serverNotTrusted: 13,
  certificateExpired: 14,
  dataInUse: 15,
  unsupportedPlatform: 16,
  policyUnreadable: 17,
} as const;

/** A state that no retry mends: the agent says the sentence and ends with the code. */
export class FatalFault extends Error {
  readonly exitCode: number;

  constructor(reason: Exclude<keyof typeof exitCodes, 'ok'>, sentence: string, cause?: unknown) {
    super(sentence, cause === undefined ? undefined : { cause });
    this.name = 'FatalFault';
    this.exitCode = exitCodes[reason];
  }
}
