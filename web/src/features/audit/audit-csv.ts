import type { AuditRow } from '#web/nouns/audit/client.ts';

const columns = [
  'id',
  'at',
  'actorName',
  'actorId',
  'action',
  'outcome',
  'target',
  'nodes',
  'nodeCount',
  'requestId',
  'ip',
  'details',
] as const satisfies readonly (keyof AuditRow)[];

/**
 * A value as a cell of RFC 4180. What a spreadsheet would take for a formula gets an apostrophe in front, which shows it
 * as the text that it is.
 */
export function csvCell(value: string): string {
  const text = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function cellOf(value: AuditRow[keyof AuditRow]): string {
  if (value === null) return '';
  if (Array.isArray(value)) return csvCell(value.join(' '));
  return csvCell(typeof value === 'string' ? value : JSON.stringify(value));
}

/** First line of the file. The mark before it tells spreadsheets that the file is UTF-8. */
export function auditCsvHead(): string {
  return `\u{FEFF}${columns.join(',')}\r\n`;
}

/** One row as one record; the first few nodes are parted by spaces, details are JSON. */
export function auditCsvRow(row: AuditRow): string {
  return `${columns.map((column) => cellOf(row[column])).join(',')}\r\n`;
}
