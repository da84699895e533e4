import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closedLists, files, namesLines, partLines } from './made-up-noun.ts';
import { copyTree, type TreeCopy } from './noun-copy.ts';

const timeout = 300_000;
const chinese = 'web/src/nouns/valves/messages/valves.zh.ts';

/** What a noun costs: a folder on each floor that has something to say, and one line in each list. */
describe('a noun that nobody needs', () => {
  let tree: TreeCopy;
  beforeAll(() => {
    tree = copyTree();
    for (const [file, text] of Object.entries(files)) tree.write(file, text);
    tree.put(namesLines);
  });
  afterAll(() => tree.remove());

  it('does not compile by its names alone, or without a word: each closed list is named', { timeout }, async () => {
    tree.write(chinese, tree.read(chinese).replace(/^ {2}closed: .*\n/m, ''));
    expect(await tree.compile()).toEqual(expect.arrayContaining([...closedLists, chinese]));
  });

  it('compiles with one folder for each floor and one line for each list', { timeout }, async () => {
    tree.write(chinese, files[chinese] ?? '');
    tree.put(partLines);
    expect(await tree.compile()).toEqual([]);
  });
});
