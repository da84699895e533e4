import { stringify } from 'yaml';
import type { OutputStream } from '../io.ts';
import { renderFields, renderTable, type Column } from './table.ts';
import type { Paint } from './paint.ts';

/** Forms of `-o`. `wide` is a table with all columns, `name` one name or id a line. */
export const outputFormats = ['table', 'wide', 'json', 'jsonl', 'yaml', 'name'] as const;
export type OutputFormat = (typeof outputFormats)[number];

export function isForPeople(format: OutputFormat): boolean {
  return format === 'table' || format === 'wide';
}

/** How a list looks. */
export interface ListView<T> {
  readonly columns: readonly Column<T>[];
  readonly name: (row: T) => string;
  /** Said on stderr where a table would be empty. */
  readonly empty: string;
}

/** How one thing looks: `label  value` lines. */
export interface ItemView<T> {
  readonly fields: (item: T) => readonly (readonly [label: string, value: string])[];
  readonly name: (item: T) => string;
}

/** Data on stdout, messages on stderr. */
export interface Printer {
  readonly paint: Paint;
  /** The same for stderr. */
  readonly paintMessage: Paint;
  list<T>(format: OutputFormat, rows: readonly T[], view: ListView<T>): void;
  item<T>(format: OutputFormat, item: T, view: ItemView<T>): void;
  /** Text for people, or bytes as they are. */
  data(chunk: string | Uint8Array): void;
  message(line: string): void;
}

export function createPrinter(streams: {
  stdout: OutputStream;
  stderr: OutputStream;
  paint: Paint;
  paintMessage: Paint;
}): Printer {
  const { stdout, stderr, paint, paintMessage } = streams;

  function machineForm(format: OutputFormat, value: unknown): string {
    return format === 'yaml'
      ? stringify(value, { lineWidth: 0 })
      : `${JSON.stringify(value, null, format === 'json' ? 2 : undefined)}\n`;
  }

  return {
    paint,
    paintMessage,
    list(format, rows, view) {
      switch (format) {
        case 'json':
        case 'yaml':
          stdout.write(machineForm(format, rows));
          return;
        case 'jsonl':
          stdout.write(rows.map((row) => machineForm(format, row)).join(''));
          return;
        case 'name':
          stdout.write(rows.map((row) => `${view.name(row)}\n`).join(''));
          return;
        case 'table':
        case 'wide':
          if (rows.length === 0) stderr.write(`${view.empty}\n`);
          else
            stdout.write(
              renderTable(
                rows,
                view.columns.filter((column) => format === 'wide' || column.wide !== true),
                paint,
              ),
            );
      }
    },
    item(format, item, view) {
      switch (format) {
        case 'json':
        case 'jsonl':
        case 'yaml':
          stdout.write(machineForm(format, item));
          return;
        case 'name':
          stdout.write(`${view.name(item)}\n`);
          return;
        case 'table':
        case 'wide':
          stdout.write(renderFields(view.fields(item), paint));
      }
    },
    data: (chunk) => void stdout.write(chunk),
    message: (line) => void stderr.write(`${line}\n`),
  };
}
