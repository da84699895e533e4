import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closedLists, files, namesLines, partLines } from './made-up-noun.ts';
import { copyTree, type TreeCopy } from './noun-copy.ts';

const timeout = 300_000;
/** A word of the pages and a word of a reason. */
const words = [
  ['web/src/nouns/valves/messages/valves.zh.ts', /^ {2}closed: .*\n/m],
  ['words/valves/zh.ts', /^ {2}'valve-turned': .*\n/m],
] as const;

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
    for (const [file, word] of words) tree.write(file, tree.read(file).replace(word, ''));
    const named = [...closedLists, ...words.map(([file]) => file)];
    expect(await tree.compile()).toEqual(expect.arrayContaining(named));
  });

  it('compiles with one folder for each floor and one line for each list', { timeout }, async () => {
    for (const [file] of words) tree.write(file, files[file] ?? '');
    tree.put(partLines);
    expect(await tree.compile()).toEqual([]);
  });
});
