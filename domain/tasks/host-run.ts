/**
 * One attempt of a task on one host. This is the only place that says which state may follow which; SQL that moves
 * many rows at once takes its WHERE clause from {@link statesBefore}.
 */
export const hostRunStates = [
  'pending',
  'ready',
  'dispatched',
  'running',
  'killing',
  'succeeded',
  'failed',
  'timed_out',
  'killed',
  'lost',
  'revoked',
  'buried',
] as const;

export type HostRunState = (typeof hostRunStates)[number];

/** States in which the host holds one of the task's places (concurrency). */
export const inFlightStates = ['dispatched', 'running', 'killing'] as const satisfies readonly HostRunState[];
/** States not handed out yet. */
export const waitingStates = ['pending', 'ready'] as const satisfies readonly HostRunState[];
/** Ends. `lost` is one for the error policy, yet its true result may still arrive, once. */
export const endStates = [
  'succeeded',
  'failed',
  'timed_out',
  'killed',
  'lost',
  'revoked',
  'buried',
] as const satisfies readonly HostRunState[];
/** Ends that `retry-failed` runs again. */
export const retryableStates = [
  'failed',
  'timed_out',
  'killed',
  'lost',
  'revoked',
] as const satisfies readonly HostRunState[];

/** How a run ended, as the agent (or, for `lost` and `revoked`, the ledger) says. */
export type HostRunEnd = 'succeeded' | 'failed' | 'timed_out' | 'killed' | 'lost' | 'revoked';

export type HostRunEvent =
  | { readonly type: 'release' }
  | { readonly type: 'dispatch' }
  | { readonly type: 'ack' }
  | { readonly type: 'kill' }
  | { readonly type: 'revoke' }
  | { readonly type: 'lose' }
  | { readonly type: 'bury' }
  | { readonly type: 'report'; readonly end: HostRunEnd };

export type HostRunEventType = HostRunEvent['type'];

const before: Record<HostRunEventType, readonly HostRunState[]> = {
  release: ['pending'],
  dispatch: ['ready'],
  ack: ['dispatched'],
  kill: ['dispatched', 'running'],
  revoke: ['pending', 'ready'],
  lose: ['dispatched', 'running', 'killing'],
  bury: ['dispatched', 'running'],
  report: ['dispatched', 'running', 'killing', 'lost'],
};

/** The states from which an event moves a run; in any other the event changes nothing. */
export function statesBefore(event: HostRunEventType): readonly HostRunState[] {
  return before[event];
}

/**
 * The state after `event`, or undefined where the event changes nothing (a repeat, a late frame, a race lost).
 * A run that is `lost` takes its true result once; nothing else leaves an end.
 */
export function nextHostRunState(state: HostRunState, event: HostRunEvent): HostRunState | undefined {
  if (!before[event.type].includes(state)) return undefined;
  switch (event.type) {
    case 'release':
      return 'ready';
    case 'dispatch':
      return 'dispatched';
    case 'ack':
      return 'running';
    case 'kill':
      return 'killing';
    case 'revoke':
      return 'revoked';
    case 'lose':
      return 'lost';
    case 'bury':
      return 'buried';
    case 'report':
      return state === 'lost' && event.end === 'lost' ? undefined : event.end;
  }
}

/** States by the groups that people see; every state is in exactly one. */
export const hostRunGroups = {
  succeeded: ['succeeded'],
  failed: ['failed'],
  timedOut: ['timed_out'],
  killed: ['killed'],
  lost: ['lost'],
  revoked: ['revoked'],
  buried: ['buried'],
  pending: waitingStates,
  running: inFlightStates,
} as const satisfies Record<string, readonly HostRunState[]>;

export type HostRunGroup = keyof typeof hostRunGroups;
export const hostRunGroupNames = Object.keys(hostRunGroups) as HostRunGroup[];

export function isEnd(state: HostRunState): boolean {
  return (endStates as readonly HostRunState[]).includes(state);
}

/** Hosts of a task by state group; the groups add up to `total`. */
export type TaskCounts = { readonly [group in HostRunGroup | 'total']: number };

/** Folds row counts per state into the groups that people see. */
export function countByGroup(byState: Partial<Record<HostRunState, number>>): TaskCounts {
  const sum = (states: readonly HostRunState[]) => states.reduce((n, state) => n + (byState[state] ?? 0), 0);
  return {
    total: sum(hostRunStates),
    succeeded: sum(hostRunGroups.succeeded),
    failed: sum(hostRunGroups.failed),
    timedOut: sum(hostRunGroups.timedOut),
    killed: sum(hostRunGroups.killed),
    lost: sum(hostRunGroups.lost),
    revoked: sum(hostRunGroups.revoked),
    buried: sum(hostRunGroups.buried),
    pending: sum(hostRunGroups.pending),
    running: sum(hostRunGroups.running),
  };
}
