import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The script of the demo: it takes a while, and writes down each of its starts. */
export interface DemoScript {
  readonly file: string;
  readonly seconds: number;
  /** One line per start of the script. */
  readonly journal: string;
  /** Every start so far, with the pid that it had. */
  starts(): { readonly line: string; readonly pid: number }[];
}

export function writeScript(folder: string, run: string): DemoScript {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const seconds = 20;
  const journal = join(folder, `journal-${run}.txt`);
  const file = join(folder, `deploy-${run}.sh`);
  const text = [
    '#!/bin/bash',
    '# One line in the journal for each start: running twice would show.',
    `echo "start $(date +%T) pid $$" >> '${journal}'`,
    `for second in {1..${seconds}}; do sleep 1; echo "step $second of ${seconds}"; done`,
    'echo "deployed"',
    '',
  ];
  writeFileSync(file, text.join('\n'));
  return {
    file,
    seconds,
    journal,
    starts: () =>
      (existsSync(journal) ? readFileSync(journal, 'utf8') : '')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => ({ line, pid: Number(/ pid (\d+)$/.exec(line)?.[1]) })),
  };
}
