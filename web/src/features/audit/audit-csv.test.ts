import { describe, expect, it } from 'vitest';
import type { AuditRow } from '#web/nouns/audit/client.ts';
import { auditCsvHead, auditCsvRow, csvCell } from './audit-csv.ts';

const row: AuditRow = {
  id: '7',
  at: '2026-11-21T10:00:00.000Z',
  actorId: null,
  actorName: 'alice',
  action: 'task.run',
  outcome: 'allowed',
  target: 'a "quoted", thing',
  nodes: ['shop.web', 'shop.till'],
  nodeCount: 2,
  details: { title: 'two\nlines' },
  requestId: null,
  ip: '127.0.0.1',
};

/** Reads CSV as RFC 4180 says. */
function read(text: string): string[][] {
  const records: string[][] = [[]];
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    records.at(-1)?.push(quoted?.replaceAll('""', '"') ?? bare ?? '');
    if (end === '\r\n') records.push([]);
  }
  return records.slice(0, -1);
}

describe('the audit as CSV', () => {
  it('is read back as it was, with quotes, commas and line ends', () => {
    const [head, record] = read(auditCsvHead().slice(1) + auditCsvRow(row));
    const back = Object.fromEntries(head?.map((name, index) => [name, record?.[index]]) ?? []);
    expect(back).toEqual({
      ...row,
      actorId: '',
      requestId: '',
      nodes: 'shop.web shop.till',
      nodeCount: '2',
      details: JSON.stringify(row.details),
    });
  });

  it('begins with the mark of UTF-8', () => {
    expect(auditCsvHead().startsWith('\u{FEFF}id,at,')).toBe(true);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '=HYPERLINK("http://evil.example","x")'])(
    'makes no formula of %j',
    (value) => {
      expect(csvCell(value).replace(/^"/, '')[0]).toBe("'");
    },
  );

  it('leaves other text alone', () => {
    expect(['', 'a-b', '10.0.0.1', 'a=b'].map(csvCell)).toEqual(['', 'a-b', '10.0.0.1', 'a=b']);
  });
});
