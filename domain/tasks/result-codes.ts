import { because, type PlainCode, type Reason } from '../reasons.ts';

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
  secretGone: 0x0207,
  secretUnreadable: 0x0208,

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

const reasons: { readonly [Name in ResultCodeName]: PlainCode } = {
  normalTermination: 'normal-termination',
  noSuchHost: 'host-unknown',
  timedOut: 'timed-out',
  scriptFailed: 'script-failed',
  killedBySignal: 'killed-by-signal',
  outOfMemory: 'out-of-memory',
  cannotStart: 'cannot-start',
  noSuchUser: 'run-as-user-missing',
  userNotPermitted: 'run-as-user-not-permitted',
  interpreterMissing: 'interpreter-missing',
  workDirMissing: 'work-dir-missing',
  diskFull: 'disk-full',
  noAgent: 'no-agent',
  secretGone: 'secret-gone',
  secretUnreadable: 'secret-unreadable',
  killedByOperator: 'killed-by-operator',
  revokedBeforeStart: 'revoked-before-start',
  stoppedByErrorStrategy: 'stopped-by-error-strategy',
  leaseExpired: 'lease-expired',
  spoolReplaced: 'spool-replaced',
  hostRebooted: 'host-rebooted',
  outcomeUnknown: 'outcome-unknown',
  agentRevoked: 'agent-revoked',
};

const reasonsByCode = new Map<number, PlainCode>(
  Object.entries(resultCodes).map(([name, code]) => [code, reasons[name as ResultCodeName]]),
);

/** The reason that a code stands for; undefined for one that is not known here. */
export function reasonOfResult(code: number): Reason | undefined {
  const reason = reasonsByCode.get(code);
  return reason === undefined ? undefined : because(reason);
}
