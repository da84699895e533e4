import { describe, expect, it } from 'vitest';
import { matchEntries, parseRecents, rankEntries, withRecent } from './palette-match.ts';

const entry = (label: string) => ({ id: label, label, href: `/${label}` });
const labels = (typed: string, ...all: string[]) => matchEntries(all.map(entry), typed).map(({ label }) => label);

describe('what the palette offers', () => {
  it('puts the best first', () => {
    expect(labels('task', 'Multitask', 'New task', 'Tasks', 'task')).toEqual([
      'task',
      'Tasks',
      'New task',
      'Multitask',
    ]);
    expect(labels('audit', 'Tasks')).toEqual([]);
  });

  it('ranks what was found elsewhere, and leaves nothing out', () => {
    const found = ['w3lab.shop', 'by its address', 'shop'].map(entry);
    expect(rankEntries(found, 'shop').map(({ label }) => label)).toEqual(['shop', 'w3lab.shop', 'by its address']);
  });

  it('wants each word, in any order, and takes Chinese as it is', () => {
    expect(labels('script new', 'New script', 'New task', 'Scripts')).toEqual(['New script']);
    expect(labels('任务', '新建任务', '任务', '服务树')).toEqual(['任务', '新建任务']);
  });

  it('offers everything where nothing is typed', () => {
    expect(labels('  ', 'b', 'a')).toEqual(['b', 'a']);
  });
});

describe('recent entries', () => {
  it('are few, each once, the newest first', () => {
    let recents = parseRecents(null);
    for (let n = 0; n < 20; n++) recents = withRecent(recents, entry(String(n % 10)));
    expect(recents.map(({ id }) => id)).toEqual(['9', '8', '7', '6', '5', '4', '3', '2']);
    expect(withRecent(recents, entry('5')).map(({ id }) => id)).toEqual(['5', '9', '8', '7', '6', '4', '3', '2']);
    expect(parseRecents(JSON.stringify(recents))).toEqual(recents);
  });

  it('are not trusted', () => {
    const stored = [{ id: 'x', label: 'x', href: 'javascript:alert(1)' }, { id: 1 }, null, entry('good'), '…'];
    expect(parseRecents(JSON.stringify([...stored, { ...entry('y'), href: '//evil.example' }]))).toEqual([
      entry('good'),
    ]);
    expect(parseRecents('{')).toEqual([]);
    expect(parseRecents('{}')).toEqual([]);
  });
});
