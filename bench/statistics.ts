/** What several runs of the same thing took, in seconds. */
export interface Timing {
  readonly p50: number;
  readonly min: number;
  readonly max: number;
  readonly runs: readonly number[];
}

/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new Error('no values');
  return (low + high) / 2;
}

/** Median and spread, to milliseconds; `runs` in the order in which they were made. */
export function timing(seconds: readonly number[]): Timing {
  return {
    p50: round(median(seconds), 3),
    min: round(Math.min(...seconds), 3),
    max: round(Math.max(...seconds), 3),
    runs: seconds.map((value) => round(value, 3)),
  };
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
