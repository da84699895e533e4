/**
 * Numeric codes of a host run's end (requirement J13): high byte the kind, low byte the code. The two below 0x0100
 * are those that older tools of the field already print.
 */
export const resultCodes = {
  normalTermination: 2,
  noSuchHost: 203,

  timedOut: 0x0100,
  scriptFailed: 0x0101,
  killedBySignal: 0x0102,
  outOfMemory: 0x0103,

  cannotStart: 0x0200,
  noSuchUser: 0x0201,
  userNotPermitted: 0x0202,
  interpreterMissing: 0x0203,
  workDirMissing: 0x0204,
  diskFull: 0x0205,
  noAgent: 0x0206,

  killedByOperator: 0x0300,
  revokedBeforeStart: 0x0301,
  stoppedByErrorStrategy: 0x0302,

  leaseExpired: 0x0400,
  spoolReplaced: 0x0401,
  hostRebooted: 0x0402,
  outcomeUnknown: 0x0403,
  agentRevoked: 0x0404,
} as const;

export type ResultCodeName = keyof typeof resultCodes;

const names = new Map<number, ResultCodeName>(
  Object.entries(resultCodes).map(([name, code]) => [code, name as ResultCodeName]),
);

const sentences: Record<ResultCodeName, string> = {
  normalTermination: 'Normal termination',
  noSuchHost: 'No such host',
  timedOut: 'Time-out: the script ran longer than allowed and was ended',
  scriptFailed: 'The script ran and failed',
  killedBySignal: 'The script was killed by a signal',
  outOfMemory: 'The script ran out of memory',
  cannotStart: 'The script could not be started',
  noSuchUser: 'No such user on this host',
  userNotPermitted: 'The agent may not run as this user (it does not run as root)',
  interpreterMissing: 'The interpreter does not exist on this host or cannot be executed',
  workDirMissing: 'The working directory does not exist or cannot be entered',
  diskFull: 'The disk of the agent is full',
  noAgent: 'No agent is enrolled on this host',
  killedByOperator: 'Killed on request',
  revokedBeforeStart: 'Withdrawn before it started',
  stoppedByErrorStrategy: 'Not handed out: the error strategy stopped the task',
  leaseExpired: 'Lost: the host was not heard of for longer than the lease',
  spoolReplaced: "Lost: the agent's spool was replaced",
  hostRebooted: 'Lost: the host was rebooted while the script ran',
  outcomeUnknown: 'Lost: the script was started, its end is unknown',
  agentRevoked: 'Lost: the agent was revoked',
};

/** A sentence for people, in English. */
export function describeResultCode(code: number): string {
  const name = names.get(code);
  return name === undefined ? `Unknown code ${code}` : sentences[name];
}
