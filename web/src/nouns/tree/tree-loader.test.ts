import { describe, expect, it } from 'vitest';
import type { Page } from '#web/lib/api/http.ts';
import { ApiProblem } from '#web/lib/api/problem.ts';
import type { Node } from './client.ts';
import { type FetchLevel, type LoadedPart, TreeLoader } from './tree-loader.ts';
import { flattenTree } from './tree-rows.ts';

/** A tree on the other side: full names; ids are full names with slashes. */
class Api {
  paths: string[];
  asked: string[] = [];
  problem: ApiProblem | undefined;
  constructor(paths: string[]) {
    this.paths = paths;
  }

  readonly fetchLevel: FetchLevel = (key, { cursor, limit }) => {
    this.asked.push(`${key}@${cursor ?? ''}+${limit}`);
    if (this.problem !== undefined) return Promise.reject(this.problem);
    const above = key.replaceAll('/', '.');
    if (above !== '' && !this.paths.includes(above)) return Promise.reject(new ApiProblem(404, {}));
    const below = this.childrenOf(above);
    const from = cursor === undefined ? 0 : below.indexOf(cursor) + 1;
    const shown = below.slice(from, from + limit);
    const next = from + limit < below.length ? (shown.at(-1) ?? null) : null;
    return Promise.resolve({ items: shown.map((path) => this.node(path)), next });
  };

  childrenOf(path: string): string[] {
    const prefix = path === '' ? '' : `${path}.`;
    return this.paths.filter((one) => one.startsWith(prefix) && one !== '' && !one.slice(prefix.length).includes('.'));
  }

  node(path: string): Node {
    const name = path.slice(path.lastIndexOf('.') + 1);
    const children = this.childrenOf(path).length;
    return {
      id: path.replaceAll('.', '/'),
      name,
      path,
      level: 0,
      isLeaf: false,
      icon: null,
      description: '',
      children,
      machines: 0,
      visible: true,
    };
  }
}

function loaderOf(fetchLevel: FetchLevel) {
  let part: LoadedPart = { levels: new Map(), expanded: new Set() };
  const loader = new TreeLoader(fetchLevel, (now) => (part = now));
  return {
    loader,
    shown: () => flattenTree(part.levels, part.expanded).map((row) => row.key),
    level: (key: string) => part.levels.get(key),
  };
}

const many = (count: number) => Array.from({ length: count }, (_, index) => `a.n${String(index).padStart(4, '0')}`);

describe('loading the tree', () => {
  it('fetches a level when it is opened, once', async () => {
    const api = new Api(['a', 'a.b', 'c']);
    const { loader, shown } = loaderOf(api.fetchLevel);
    await Promise.all([loader.load(''), loader.load('')]);
    expect(shown()).toEqual(['a', 'c']);
    await loader.expand('a');
    await loader.toggle('a');
    await loader.toggle('a');
    expect(shown()).toEqual(['a', 'a/b', 'c']);
    expect(api.asked).toEqual(['@+100', 'a@+100']);
  });

  it('opens the path to a node, over as many pages as it takes', async () => {
    const api = new Api(['a', ...many(900), 'a.n0850.deep']);
    const { loader, shown, level } = loaderOf(api.fetchLevel);
    expect(await loader.reveal('a.n0850.deep')).toBe('a/n0850/deep');
    expect(shown()).toContain('a/n0850/deep');
    expect(level('a')?.nodes.length).toBeGreaterThan(850);
    expect(await loader.reveal('a.gone')).toBeUndefined();
  });

  it('looks again at what is open, as far as it was loaded, and forgets what is closed', async () => {
    const api = new Api(['a', ...many(250), 'c', 'c.d']);
    const { loader, shown, level } = loaderOf(api.fetchLevel);
    await loader.load('');
    await loader.expand('a');
    await loader.loadMore('a');
    await loader.expand('c');
    loader.collapse('c');
    api.paths = api.paths.filter((path) => path !== 'a.n0001').concat('e');
    await loader.refresh();
    expect(level('a')?.nodes).toHaveLength(200);
    expect(shown()).not.toContain('a/n0001');
    expect(shown()).toContain('e');
    expect(level('c')).toBeUndefined();
  });

  it('drops the level of a node that is gone', async () => {
    const api = new Api(['a', 'a.b', 'a.b.c']);
    const { loader, shown, level } = loaderOf(api.fetchLevel);
    await loader.reveal('a.b.c');
    api.paths = ['a'];
    await loader.refresh();
    expect(shown()).toEqual(['a']);
    expect(level('a/b')).toBeUndefined();
  });

  it('keeps what it has when it cannot look again, and says so where it has nothing', async () => {
    const api = new Api(['a', 'a.b']);
    const { loader, shown, level } = loaderOf(api.fetchLevel);
    await loader.load('');
    api.problem = new ApiProblem(0, { code: 'offline' });
    await loader.refresh();
    expect(shown()).toEqual(['a']);
    await loader.expand('a');
    expect(level('a')).toMatchObject({ state: 'failed', problem: { code: 'offline' } });
    api.problem = undefined;
    await loader.load('a');
    expect(shown()).toEqual(['a', 'a/b']);
  });

  it('throws away an answer that was overtaken', async () => {
    const answers: ((page: Page<Node>) => void)[] = [];
    const api = new Api(['old', 'new']);
    const { loader, shown } = loaderOf(() => new Promise((resolve) => answers.push(resolve)));
    const first = loader.load('');
    const second = loader.refresh();
    answers[1]?.({ items: [api.node('new')], next: null });
    answers[0]?.({ items: [api.node('old')], next: null });
    await Promise.all([first, second]);
    expect(shown()).toEqual(['new']);
  });
});
