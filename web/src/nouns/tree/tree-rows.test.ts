import { describe, expect, it } from 'vitest';
import type { Node } from './client.ts';
import { flattenTree, type Level, rootLevel } from './tree-rows.ts';

function node(id: string, more: Partial<Node> = {}): Node {
  const path = more.path ?? id;
  return {
    id,
    name: id,
    path,
    level: 0,
    isLeaf: false,
    icon: null,
    description: '',
    children: 0,
    machines: 0,
    visible: true,
    ...more,
  };
}

function level(nodes: Node[], more: Partial<Level> = {}): Level {
  return { nodes, next: null, state: 'ready', ...more };
}

const keys = (rows: readonly { key: string }[]) => rows.map((row) => row.key);

describe('rows of the tree', () => {
  it('show a level only where its node is expanded', () => {
    const levels = new Map([
      [rootLevel, level([node('a', { children: 1 }), node('b')])],
      ['a', level([node('c')])],
    ]);
    expect(keys(flattenTree(levels, new Set()))).toEqual(['a', 'b']);
    expect(keys(flattenTree(levels, new Set(['a'])))).toEqual(['a', 'c', 'b']);
  });

  it('carry lines on past a row for every level above that has more to come', () => {
    const levels = new Map([
      [rootLevel, level([node('r', { children: 2 })])],
      ['r', level([node('a', { children: 1 }), node('b', { children: 1 })])],
      ['a', level([node('deep-a')])],
      ['b', level([node('deep-b')])],
    ]);
    const rows = flattenTree(levels, new Set(['r', 'a', 'b']));
    const of = (key: string) => rows.find((row) => row.key === key);
    expect(of('r')).toMatchObject({ depth: 0, lines: [] });
    expect(of('a')).toMatchObject({ depth: 1, lines: [], last: false });
    expect(of('deep-a')).toMatchObject({ depth: 2, lines: [true], last: true });
    expect(of('b')).toMatchObject({ depth: 1, lines: [], last: true });
    expect(of('deep-b')).toMatchObject({ depth: 2, lines: [false], last: true });
  });

  it('end a level that goes on with a row for the rest, and do not claim to know its size', () => {
    const rows = flattenTree(new Map([[rootLevel, level([node('a')], { next: 'cursor' })]]), new Set());
    expect(rows).toMatchObject([
      { key: 'a', last: false, position: 1, setSize: -1 },
      { is: 'more', key: 'more:', level: rootLevel, last: true },
    ]);
  });

  it('show what is not loaded yet as loading, and a failure as one', () => {
    const roots = level([node('a', { children: 3 })]);
    expect(flattenTree(new Map([[rootLevel, roots]]), new Set(['a']))[1]).toMatchObject({ is: 'loading', level: 'a' });
    const failed = level([], { state: 'failed' });
    const rows = flattenTree(
      new Map([
        [rootLevel, roots],
        ['a', failed],
      ]),
      new Set(['a']),
    );
    expect(rows[1]).toMatchObject({ is: 'failed', level: 'a', depth: 1 });
  });

  it('keep what is there while it is looked at again', () => {
    const again = level([node('a')], { state: 'loading' });
    expect(keys(flattenTree(new Map([[rootLevel, again]]), new Set()))).toEqual(['a']);
  });

  it('let a bare name be opened, whose children are not told', () => {
    const rows = flattenTree(new Map([[rootLevel, level([node('a', { visible: false })])]]), new Set());
    expect(rows[0]).toMatchObject({ expandable: true, expanded: false });
  });

  it('do not stay open once the children are gone', () => {
    const rows = flattenTree(new Map([[rootLevel, level([node('a')])]]), new Set(['a']));
    expect(rows).toMatchObject([{ key: 'a', expandable: false, expanded: false }]);
  });
});
