import { describe, expect, it } from 'vitest';
import { createPaint } from './paint.ts';
import { renderFields, renderTable } from './table.ts';

const plain = createPaint(false);

describe('tables', () => {
  it('line up under wide characters and colours alike', () => {
    const rows = [
      { name: '数据库', state: 'failed' },
      { name: 'web-01', state: 'succeeded' },
      { name: 'é́', state: '' },
    ];
    const columns = [
      { header: 'NAME', value: (row: { name: string }) => row.name },
      { header: 'STATE', value: (row: { state: string }) => row.state, tone: () => 'bad' as const },
    ];
    expect(renderTable(rows, columns, plain)).toBe('NAME    STATE\n数据库  failed\nweb-01  succeeded\né́       -\n');
    expect(renderTable(rows.slice(1, 2), columns, createPaint(true))).toContain('\u001b[31msucceeded\u001b[39m');
  });

  it('let no cell break out of its line or talk to the terminal', () => {
    const evil = 'a\nb\u001b]0;title\u0007\u001b[2Jc\u0085d';
    expect(renderTable([evil], [{ header: 'X', value: (row) => row }], plain)).toBe('X\na bc d\n');
  });

  it('show fields with their labels lined up', () => {
    expect(
      renderFields(
        [
          ['a', '1'],
          ['long one', '2'],
        ],
        plain,
      ),
    ).toBe('a         1\nlong one  2\n');
  });
});
