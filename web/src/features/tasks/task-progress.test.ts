import { describe, expect, it } from 'vitest';
import { type HostRunGroup, hostRunGroups, hostRunGroupNames, type TaskCounts } from '#domain/tasks/host-run.ts';
import { failedGroups, hostGroupNamed, hostGroupNames, isFailedState } from './host-groups.ts';
import { endedHosts, failedHosts, groupSegments, retryableHosts } from './task-progress.ts';

const ends = { succeeded: 8, failed: 7, timedOut: 6, lost: 5, killed: 4, revoked: 3, buried: 0 };
const counts: TaskCounts = { total: 36, ...ends, running: 2, pending: 1 };

describe('progress of a task', () => {
  it('is a bar of the groups that have hosts, which adds up to all of them', () => {
    const segments = groupSegments(counts);
    expect(segments.map(({ group }) => group)).toEqual([
      ...['succeeded', 'failed', 'timedOut', 'lost', 'killed', 'revoked', 'running', 'pending'],
    ]);
    expect(segments.reduce((sum, { value }) => sum + value, 0)).toBe(counts.total);
  });

  it('counts what the actions are about', () => {
    expect(endedHosts(counts)).toBe(33);
    expect(failedHosts(counts)).toBe(18);
    expect(retryableHosts(counts)).toBe(25);
  });

  it('knows the groups and states of the domain, each once', () => {
    expect(hostGroupNames.toSorted()).toEqual(hostRunGroupNames.toSorted());
    const isFailedGroup = (group: HostRunGroup) => failedGroups.some((failed) => failed === group);
    for (const [group, states] of Object.entries(hostRunGroups) as [
      HostRunGroup,
      (typeof hostRunGroups)[HostRunGroup],
    ][]) {
      for (const state of states) expect(isFailedState(state)).toBe(isFailedGroup(group));
    }
  });

  it('takes only groups that exist out of an address', () => {
    for (const group of hostGroupNames) expect(hostGroupNamed(group)).toBe(group);
    for (const word of ['', 'total', 'constructor', 'FAILED']) expect(hostGroupNamed(word)).toBeUndefined();
  });
});
