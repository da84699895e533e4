import { describe, expect, it } from 'vitest';
import { isTypeAhead, keyMove, typeAhead } from './tree-keys.ts';
import type { TreeRow } from './tree-rows.ts';

function row(
  key: string,
  more: { depth?: number; level?: string; expandable?: boolean; expanded?: boolean } = {},
): TreeRow {
  const { depth = 0, level = '', expandable = false, expanded = false } = more;
  const path = level === '' ? key : `${level}.${key}`;
  return {
    is: 'node',
    key,
    node: {
      id: key,
      name: key,
      path,
      level: depth,
      isLeaf: false,
      icon: null,
      description: '',
      children: expandable ? 1 : 0,
      machines: 0,
      visible: true,
    },
    level,
    depth,
    lines: [],
    last: false,
    expandable,
    expanded,
    position: 1,
    setSize: 1,
  };
}

const rows: TreeRow[] = [
  row('infra', { expandable: true, expanded: true }),
  row('k8s', { depth: 1, level: 'infra', expandable: true }),
  row('kafka', { depth: 1, level: 'infra' }),
  { is: 'more', key: 'more:infra', level: 'infra', depth: 1, lines: [], last: true },
  row('shop'),
];
const press = (current: string | undefined, key: string, shiftKey = false) => keyMove(rows, current, { key, shiftKey });

describe('keys of the tree', () => {
  it('move up and down over all rows, and stop at the ends', () => {
    expect(press('infra', 'ArrowDown')).toEqual({ does: 'focus', key: 'k8s' });
    expect(press('kafka', 'ArrowDown')).toEqual({ does: 'focus', key: 'more:infra' });
    expect(press('shop', 'ArrowDown')).toEqual({ does: 'focus', key: 'shop' });
    expect(press('infra', 'ArrowUp')).toEqual({ does: 'focus', key: 'infra' });
    expect(press('shop', 'Home')).toEqual({ does: 'focus', key: 'infra' });
    expect(press('infra', 'End')).toEqual({ does: 'focus', key: 'shop' });
    expect(press(undefined, 'ArrowDown')).toEqual({ does: 'focus', key: 'k8s' });
  });

  it('open to the right: first the node, then its first child', () => {
    expect(press('k8s', 'ArrowRight')).toEqual({ does: 'expand', key: 'k8s' });
    expect(press('infra', 'ArrowRight')).toEqual({ does: 'focus', key: 'k8s' });
    expect(press('shop', 'ArrowRight')).toBeUndefined();
  });

  it('close to the left: first the node, then go to its parent', () => {
    expect(press('infra', 'ArrowLeft')).toEqual({ does: 'collapse', key: 'infra' });
    expect(press('k8s', 'ArrowLeft')).toEqual({ does: 'focus', key: 'infra' });
    expect(press('more:infra', 'ArrowLeft')).toEqual({ does: 'focus', key: 'infra' });
    expect(press('shop', 'ArrowLeft')).toBeUndefined();
  });

  it('open, rename, delete and show the menu', () => {
    expect(press('shop', 'Enter')).toEqual({ does: 'open', key: 'shop' });
    expect(press('more:infra', 'Enter')).toEqual({ does: 'open', key: 'more:infra' });
    expect(press('shop', 'F2')).toEqual({ does: 'rename', key: 'shop' });
    expect(press('shop', 'Delete')).toEqual({ does: 'delete', key: 'shop' });
    expect(press('shop', 'F10', true)).toEqual({ does: 'menu', key: 'shop' });
    expect(press('shop', 'ContextMenu')).toEqual({ does: 'menu', key: 'shop' });
    expect(press('shop', 'F10')).toBeUndefined();
    expect(press('more:infra', 'F2')).toBeUndefined();
  });

  it('leave other keys, and a tree without rows, alone', () => {
    expect(press('shop', 'Tab')).toBeUndefined();
    expect(keyMove([], undefined, { key: 'ArrowDown' })).toBeUndefined();
  });
});

describe('typing a name', () => {
  it('goes on to the next with one letter, and around', () => {
    expect(typeAhead(rows, 'infra', 'k')).toBe('k8s');
    expect(typeAhead(rows, 'k8s', 'k')).toBe('kafka');
    expect(typeAhead(rows, 'kafka', 'k')).toBe('k8s');
    expect(typeAhead(rows, 'k8s', 'kk')).toBe('kafka');
  });

  it('stays while more letters fit, and takes capitals', () => {
    expect(typeAhead(rows, 'k8s', 'K8')).toBe('k8s');
    expect(typeAhead(rows, 'k8s', 'ka')).toBe('kafka');
    expect(typeAhead(rows, 'k8s', 'x')).toBeUndefined();
  });

  it('is with letters of any script, not with / and ?', () => {
    expect(['a', '9', '中', '-'].every(isTypeAhead)).toBe(true);
    expect(['/', '?', ' ', 'Tab', '.'].some(isTypeAhead)).toBe(false);
  });
});
