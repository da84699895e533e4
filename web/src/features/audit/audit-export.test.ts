import { describe, expect, it } from 'vitest';
import type { AuditRow } from '#web/nouns/audit/client.ts';
import { exportAudit } from './audit-export.ts';

const row = (id: number): AuditRow => ({
  id: String(id),
  at: '2026-11-21T10:00:00.000Z',
  actorId: null,
  actorName: 'alice',
  action: 'task.run',
  outcome: 'allowed',
  target: '',
  nodes: [],
  nodeCount: 0,
  details: { n: id },
  requestId: null,
  ip: null,
});
const pages: Record<string, { items: AuditRow[]; next: string | null }> = {
  first: { items: [row(3), row(2)], next: 'last' },
  last: { items: [row(1)], next: null },
};
const load = (cursor: string | undefined) => Promise.resolve(pages[cursor ?? 'first'] ?? { items: [], next: null });

describe('the file of the audit', () => {
  it('has the rows of all pages, one JSON text a line', async () => {
    const counts: number[] = [];
    const signal = new AbortController().signal;
    const parts = await exportAudit({ format: 'jsonl', load, onprogress: (n) => counts.push(n), signal });
    const lines = parts.join('').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([row(3), row(2), row(1)]);
    expect(counts).toEqual([2, 3]);
  });

  it('has one head as CSV', async () => {
    const signal = new AbortController().signal;
    const parts = await exportAudit({ format: 'csv', load, onprogress: () => undefined, signal });
    const lines = parts.join('').trimEnd().split('\r\n');
    expect(lines).toHaveLength(4);
    expect(lines.filter((line) => line.includes('actorName'))).toHaveLength(1);
  });

  it('is not made where somebody gives up', async () => {
    const control = new AbortController();
    const asked: (string | undefined)[] = [];
    const giveUp = (cursor: string | undefined) => {
      asked.push(cursor);
      control.abort(new Error('given up'));
      return load(cursor);
    };
    const made = exportAudit({ format: 'csv', load: giveUp, onprogress: () => undefined, signal: control.signal });
    await expect(made).rejects.toThrow('given up');
    expect(asked).toEqual([undefined]);
  });
});
