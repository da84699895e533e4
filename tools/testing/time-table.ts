/** A row of a table of times. */
export interface Timed {
  readonly name: string;
  readonly ms: number;
}

const duration = (ms: number) => {
  const seconds = Math.round(ms / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2)} s`;
};

/** The rows under a title, times in a column of their own. */
export function timeTable(title: string, rows: readonly Timed[]): string {
  const width = Math.max(...rows.map(({ ms }) => duration(ms).length));
  return [title, ...rows.map(({ name, ms }) => `  ${duration(ms).padStart(width)}  ${name}`)].join('\n');
}

/** The rows that took longest, so many of them, the longest first. */
export function slowest<T extends Timed>(rows: readonly T[], count: number): T[] {
  return rows.toSorted((a, b) => b.ms - a.ms).slice(0, count);
}
