import type { HostRunGroup, TaskCounts } from '#domain/tasks/host-run.ts';
import { failedGroups, hostGroupNames } from './host-groups.ts';

/** A part of a bar: so many hosts of a task are in this group. */
export interface GroupSegment {
  readonly group: HostRunGroup;
  readonly value: number;
}

/** The groups that have hosts, in the order of the bar. Their values add up to `counts.total`. */
export function groupSegments(counts: TaskCounts): GroupSegment[] {
  return hostGroupNames.flatMap((group) => (counts[group] === 0 ? [] : [{ group, value: counts[group] }]));
}

/** Hosts that have come to an end, whichever. */
export function endedHosts(counts: TaskCounts): number {
  return counts.total - counts.pending - counts.running;
}

/** Hosts on which the script went wrong by itself. */
export function failedHosts(counts: TaskCounts): number {
  return failedGroups.reduce((sum, group) => sum + counts[group], 0);
}

/** Hosts that `retry-failed` is asked to run again; those without an agent stay as they are. */
export function retryableHosts(counts: TaskCounts): number {
  return failedHosts(counts) + counts.killed + counts.revoked;
}
