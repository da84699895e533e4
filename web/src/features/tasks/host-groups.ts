import type { HostRunGroup, HostRunState } from '#domain/tasks/host-run.ts';

/** All groups of host states that people count and filter by, in the order in which a bar shows them. */
export const hostGroupNames = [
  'succeeded',
  'failed',
  'timedOut',
  'lost',
  'killed',
  'revoked',
  'buried',
  'running',
  'pending',
] as const satisfies readonly HostRunGroup[];

/** Groups of hosts on which the script went wrong by itself: what "next failed host" stops at. */
export const failedGroups = ['failed', 'timedOut', 'lost'] as const satisfies readonly HostRunGroup[];

const failedStates: ReadonlySet<HostRunState> = new Set(['failed', 'timed_out', 'lost']);

/** Whether the script went wrong by itself on a host. */
export function isFailedState(state: HostRunState): boolean {
  return failedStates.has(state);
}

/** A group by its name in an address; undefined for any other word. */
export function hostGroupNamed(name: string): HostRunGroup | undefined {
  return hostGroupNames.find((group) => group === name);
}
