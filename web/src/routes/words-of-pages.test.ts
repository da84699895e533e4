import { describe, expect, it } from 'vitest';

const files = import.meta.glob<string>(['../**/*.{ts,svelte}', '!../**/*.test.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});
/** Sources of the web, by their path in it. */
const sources = new Map(
  Object.entries(files).map(([path, text]) => [
    path.startsWith('./') ? `routes/${path.slice(2)}` : path.slice(3),
    text,
  ]),
);
/** Everything that a page can ask for, such as `newTask` of messages/new-task.en.ts. */
const sets = [...sources.keys()].flatMap((path) => {
  const name = /^nouns\/.*\/messages\/(.*)\.en\.ts$/.exec(path)?.[1];
  return name === undefined ? [] : [name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())];
});

function join(folder: string, path: string): string {
  const parts = folder.split('/');
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/'));

/** What a source imports, at once or later. */
function importsOf(path: string): string[] {
  const imports = sources.get(path)?.matchAll(/(?:from|import)\s*\(?\s*'(#web\/|\.)([^']+)'/g) ?? [];
  return [...imports].map(([, begin, rest = '']) => (begin === '.' ? join(folderOf(path), `.${rest}`) : rest));
}

/** A source and all that it needs. What nouns contribute is left out: it speaks in phrases. */
function reachedFrom(path: string, reached = new Set<string>()): Set<string> {
  if (reached.has(path) || path === 'rooms.ts') return reached;
  reached.add(path);
  for (const next of importsOf(path)) reachedFrom(next, reached);
  return reached;
}

/** The sets out of which something is said, as far as keys are written down: `'set.key'`. */
function spokenIn(path: string): string[] {
  return [...(sources.get(path)?.matchAll(/['`](\w+)\.[\w$]/g) ?? [])]
    .map(([, set = '']) => set)
    .filter((set) => sets.includes(set));
}

/** The sets that a page, or a layout above it, asks for. */
function askedFor(page: string): string[] {
  const loaders = [`${folderOf(page)}/+page.ts`];
  for (let folder = folderOf(page); folder.startsWith('routes'); folder = folderOf(folder)) {
    loaders.push(`${folder}/+layout.ts`);
    if (folder === 'routes') break;
  }
  return loaders
    .flatMap((path) => [...(sources.get(path)?.matchAll(/needWords\(([^)]*)\)/g) ?? [])])
    .flatMap(([, names = '']) => names.split(',').map((name) => name.trim().replaceAll("'", '')));
}

describe('the words of pages', () => {
  const pages = [...sources.keys()].filter((path) => path.endsWith('/+page.svelte'));

  it('are sought where they are', () => {
    expect(pages.length).toBeGreaterThan(15);
    expect(sets).toEqual(expect.arrayContaining(['tree', 'newTask', 'tickets']));
    expect(reachedFrom('routes/inbox/+page.svelte').size).toBeGreaterThan(50);
  });

  it.each(pages)('%s asks for what it says, and for nothing else', (page) => {
    const spoken = [...reachedFrom(page)].flatMap(spokenIn);
    expect([...new Set(askedFor(page))].sort()).toEqual([...new Set(spoken)].sort());
  });

  it('are those of the frame elsewhere', () => {
    const frame = ['routes/+layout.svelte', 'routes/+error.svelte'].flatMap((path) => [...reachedFrom(path)]);
    expect(frame.filter((path) => spokenIn(path).length > 0)).toEqual([]);
  });
});
