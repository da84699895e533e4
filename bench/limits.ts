/** A figure beside what was promised; `pass` is null where nothing was. */
export interface Limited {
  readonly value: number;
  readonly limit: number | null;
  readonly pass: boolean | null;
}

/** Issue "the spine": seconds from API call to final report with every host handed out at once, on 2 cores. */
export function fanoutLimitSeconds(hosts: number, concurrency: number): number | null {
  if (concurrency < hosts) return null;
  if (hosts <= 1_000) return 2;
  return hosts <= 5_000 ? 10 : null;
}

/** Events of a task's workflow, at any concurrency and number of hosts. */
export const historyEventLimit = 500;

/** Resident memory of a connected agent with nothing to do. */
export const agentRssLimitMiB = 80;

export function limited(value: number, limit: number | null): Limited {
  return { value, limit, pass: limit === null ? null : value <= limit };
}
