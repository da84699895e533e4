import { padEnd, oneLine, textWidth } from './text.ts';
import type { Paint, Tone } from './paint.ts';

/** One column of a table of T. */
export interface Column<T> {
  readonly header: string;
  readonly value: (row: T) => string | number | null | undefined;
  readonly tone?: (row: T) => Tone;
  /** Shown by `-o wide` only. */
  readonly wide?: boolean;
}

/** Rows under upper-case headers, two blanks between columns, no trailing blanks, each cell one line. */
export function renderTable<T>(rows: readonly T[], columns: readonly Column<T>[], paint: Paint): string {
  const cells = rows.map((row) => columns.map((column) => cellText(column.value(row))));
  const widths = columns.map((column, index) =>
    cells.reduce((width, line) => Math.max(width, textWidth(line[index] ?? '')), textWidth(column.header)),
  );
  const line = (texts: readonly string[], tone: (index: number) => Tone) =>
    texts
      .map((text, index) => {
        const last = index === texts.length - 1;
        return paint(tone(index), last ? text : padEnd(text, widths[index] ?? 0));
      })
      .join('  ')
      .trimEnd();
  const head = line(
    columns.map((column) => column.header),
    () => 'quiet',
  );
  const body = rows.map((row, r) => line(cells[r] ?? [], (c) => columns[c]?.tone?.(row) ?? 'plain'));
  return [head, ...body].map((text) => `${text}\n`).join('');
}

/** `label  value` lines. */
export function renderFields(fields: readonly (readonly [label: string, value: string])[], paint: Paint): string {
  const width = Math.max(0, ...fields.map(([label]) => textWidth(label)));
  return fields.map(([label, value]) => `${paint('quiet', padEnd(label, width))}  ${value}`.trimEnd() + '\n').join('');
}

function cellText(value: string | number | null | undefined): string {
  if (value === null || value === undefined || value === '') return '-';
  return oneLine(String(value));
}
