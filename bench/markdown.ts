import type { Limited } from './limits.ts';
import type { Timing } from './statistics.ts';

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Median and spread in one cell. */
export const spread = ({ p50, min, max }: Timing): string => `${p50} (${min}–${max})`;

/** A limit and whether it was kept, in one cell; `sign` is `≥` where more is better. */
export const verdict = ({ limit, pass }: Limited, unit: string, sign = '≤'): string =>
  limit === null ? 'no limit' : `${sign} ${limit}${unit} ${pass === true ? 'pass' : '**fail**'}`;
