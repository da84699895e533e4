import { existsSync, readFileSync } from 'node:fs';

/** One start of a script body, as the side that ran it wrote it down. */
export interface Execution {
  /** host_run.id: one attempt of one task on one host. */
  readonly runId: string;
  readonly at: string;
}

/** What real scripts write: one line per start, appended in one write, so that no two can mix. */
export interface Journal {
  readonly file: string;
  /** First line of a script: writes down that this very attempt started. */
  readonly scriptLine: string;
  executions(): Execution[];
  /** Marks that scripts wrote by themselves with `echo … >> "$JOURNAL"`. */
  lines(): string[];
}

export function openJournal(file: string): Journal {
  const lines = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []);
  return {
    file,
    scriptLine: `printf 'start %s %s\\n' "$SIGNALBOX_RUN_ID" "$$" >> '${file}'`,
    lines,
    executions: () =>
      lines().flatMap((line) => {
        const [kind, runId, at] = line.split(' ');
        return kind === 'start' && runId !== undefined ? [{ runId, at: at ?? '' }] : [];
      }),
  };
}
