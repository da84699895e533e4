/** A figure beside what was promised; `pass` is null where nothing was. */
export interface Limited {
  readonly value: number;
  readonly limit: number | null;
  readonly pass: boolean | null;
}

/**
 * Issues "the spine" and "2 of 10": seconds from API call to final report on 2 cores, with every host handed out at once
 * and with 50 in flight. One host after the other takes as long as it takes.
 */
export function fanoutLimitSeconds(hosts: number, concurrency: number): number | null {
  if (concurrency < 50) return null;
  if (hosts <= 1_000) return concurrency < hosts ? 2.5 : 2;
  return hosts / 500;
}

/** Events of a task's workflow, at any concurrency and number of hosts. */
export const historyEventLimit = 60;

/** CPU seconds of the controlling side for 1,000 hosts; one host after the other is a transaction for each. */
export function cpuLimitSeconds(concurrency: number): number | null {
  return concurrency < 50 ? null : 1.5;
}

/** Resident memory of a connected agent with nothing to do. */
export const agentRssLimitMiB = 80;

export function limited(value: number, limit: number | null): Limited {
  return { value, limit, pass: limit === null ? null : value <= limit };
}
