import type { Page } from '#web/lib/api/http.ts';
import type { AuditRow } from '#web/nouns/audit/client.ts';
import { auditCsvHead, auditCsvRow } from './audit-csv.ts';

export const exportFormats = ['csv', 'jsonl'] as const;
export type ExportFormat = (typeof exportFormats)[number];

interface Export {
  readonly format: ExportFormat;
  /** A page of the rows that are wanted; undefined: the first. */
  readonly load: (cursor: string | undefined) => Promise<Page<AuditRow>>;
  readonly onprogress: (rows: number) => void;
  /** It ends between two pages; what was read is thrown away. */
  readonly signal: AbortSignal;
}

/** All rows, page after page, as the parts of one file. Throws the reason of the signal where it was given up. */
export async function exportAudit({ format, load, onprogress, signal }: Export): Promise<string[]> {
  const line = format === 'csv' ? auditCsvRow : (row: AuditRow) => `${JSON.stringify(row)}\n`;
  const parts = format === 'csv' ? [auditCsvHead()] : [];
  let rows = 0;
  let cursor: string | null | undefined;
  do {
    const page: Page<AuditRow> = await load(cursor ?? undefined);
    signal.throwIfAborted();
    parts.push(page.items.map(line).join(''));
    rows += page.items.length;
    onprogress(rows);
    cursor = page.next;
  } while (cursor !== null);
  return parts;
}
