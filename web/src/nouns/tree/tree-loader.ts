import type { Page } from '#web/lib/api/http.ts';
import { asProblem } from '#web/lib/api/problem.ts';
import type { Node } from './client.ts';
import { pathsTo } from './node-path.ts';
import { flattenTree, type Level, rootLevel } from './tree-rows.ts';

/** Children fetched when a node is opened, or when more are asked for. */
const pageSize = 100;
/** Children fetched at once where many are needed: to find one by name, or to look again. */
const longPage = 500;

/** What is loaded of the tree, and what of it is open. Never changed in place. */
export interface LoadedPart {
  readonly levels: ReadonlyMap<string, Level>;
  readonly expanded: ReadonlySet<string>;
}

/** Fetches a page of a level: of the roots, or of the children of the node with this id. */
export type FetchLevel = (key: string, page: { cursor: string | undefined; limit: number }) => Promise<Page<Node>>;

/**
 * Loads the service tree level by level, as it is opened. An answer that was overtaken by a later question is thrown
 * away; every change is published whole.
 */
export class TreeLoader {
  #part: LoadedPart = { levels: new Map(), expanded: new Set() };
  readonly #fetchLevel: FetchLevel;
  readonly #publish: (part: LoadedPart) => void;
  readonly #asked = new Map<string, number>();
  readonly #running = new Map<string, Promise<void>>();

  constructor(fetchLevel: FetchLevel, publish: (part: LoadedPart) => void) {
    this.#fetchLevel = fetchLevel;
    this.#publish = publish;
  }

  /** Fetches the first page of a level, unless it is there or on its way. */
  async load(key: string): Promise<void> {
    const level = this.#part.levels.get(key);
    if (level === undefined || level.state === 'failed') await this.loadMore(key);
    else await this.#running.get(key);
  }

  /** Fetches the next page of a level; after a failure it tries the same page again. */
  async loadMore(key: string, limit = pageSize): Promise<void> {
    const level = this.#part.levels.get(key);
    if (level?.state === 'loading') await this.#running.get(key);
    else await this.#run(key, this.#append(key, level?.nodes ?? [], level?.next ?? undefined, limit));
  }

  async expand(id: string): Promise<void> {
    this.#open(id);
    await this.load(id);
  }

  collapse(id: string): void {
    this.#set({ ...this.#part, expanded: new Set([...this.#part.expanded].filter((open) => open !== id)) });
  }

  async toggle(id: string): Promise<void> {
    if (this.#part.expanded.has(id)) this.collapse(id);
    else await this.expand(id);
  }

  /** Opens everything above a node, so that it has a row. Returns its id, or undefined where it is not found. */
  async reveal(path: string): Promise<string | undefined> {
    let key = rootLevel;
    let found: Node | undefined;
    for (const step of pathsTo(path)) {
      if (key !== rootLevel) this.#open(key);
      found = await this.#findOnLevel(key, step);
      if (found === undefined) return undefined;
      key = found.id;
    }
    return found?.id;
  }

  /** Fetches again what is open, as far as it was loaded; what is closed is forgotten and fetched when it is opened. */
  async refresh(): Promise<void> {
    const { levels, expanded } = this.#part;
    const open = flattenTree(levels, expanded).flatMap((row) => (row.is === 'node' && row.expanded ? [row.key] : []));
    const keep = new Set([rootLevel, ...open]);
    this.#set({ ...this.#part, levels: new Map([...levels].filter(([key]) => keep.has(key))) });
    await Promise.all([...keep].map((key) => this.#run(key, this.#lookAgain(key))));
  }

  /** Changes a node that is loaded, wherever it is shown. */
  patch(id: string, change: (node: Node) => Node): void {
    const patched = [...this.#part.levels].map(([key, level]): [string, Level] => [
      key,
      { ...level, nodes: level.nodes.map((node) => (node.id === id ? change(node) : node)) },
    ]);
    this.#set({ ...this.#part, levels: new Map(patched) });
  }

  async #findOnLevel(key: string, path: string): Promise<Node | undefined> {
    await this.load(key);
    for (;;) {
      await this.#running.get(key);
      const level = this.#part.levels.get(key);
      const found = level?.nodes.find((node) => node.path === path);
      if (found !== undefined || level?.state !== 'ready' || level.next === null) return found;
      await this.loadMore(key, longPage);
    }
  }

  async #append(key: string, before: readonly Node[], cursor: string | undefined, limit: number): Promise<void> {
    const question = this.#ask(key);
    this.#put(key, { nodes: before, next: cursor ?? null, state: 'loading' });
    let level: Level;
    try {
      const page = await this.#fetchLevel(key, { cursor, limit });
      level = { nodes: [...before, ...page.items], next: page.next, state: 'ready' };
    } catch (error) {
      level = { nodes: before, next: cursor ?? null, state: 'failed', problem: asProblem(error) };
    }
    if (this.#isLatest(key, question)) this.#put(key, level);
  }

  async #lookAgain(key: string): Promise<void> {
    const before = this.#part.levels.get(key);
    if (before === undefined) return;
    const question = this.#ask(key);
    const wanted = Math.max(before.nodes.length, pageSize);
    const nodes: Node[] = [];
    let next: string | null = null;
    try {
      do {
        const limit = Math.min(longPage, wanted - nodes.length);
        const page = await this.#fetchLevel(key, { cursor: next ?? undefined, limit });
        nodes.push(...page.items);
        next = page.next;
      } while (next !== null && nodes.length < wanted);
    } catch (error) {
      if (this.#isLatest(key, question)) this.#couldNotLook(key, before, error);
      return;
    }
    if (this.#isLatest(key, question)) this.#put(key, { nodes, next, state: 'ready' });
  }

  /** A node that is gone takes its level along; otherwise what was seen last stays, and the next look may succeed. */
  #couldNotLook(key: string, before: Level, error: unknown): void {
    const problem = asProblem(error);
    if (problem.status === 404 && key !== rootLevel) {
      this.#set({ ...this.#part, levels: new Map([...this.#part.levels].filter(([one]) => one !== key)) });
      this.collapse(key);
    } else if (before.state === 'loading') {
      this.#put(key, { ...before, state: 'failed', problem });
    }
  }

  /** Remembers what is under way on a level until that has ended. */
  async #run(key: string, work: Promise<void>): Promise<void> {
    this.#running.set(key, work);
    await work;
    if (this.#running.get(key) === work) this.#running.delete(key);
  }

  #ask(key: string): number {
    const question = (this.#asked.get(key) ?? 0) + 1;
    this.#asked.set(key, question);
    return question;
  }

  #isLatest(key: string, question: number): boolean {
    return this.#asked.get(key) === question;
  }

  #open(id: string): void {
    this.#set({ ...this.#part, expanded: new Set([...this.#part.expanded, id]) });
  }

  #put(key: string, level: Level): void {
    this.#set({ ...this.#part, levels: new Map(this.#part.levels).set(key, level) });
  }

  #set(part: LoadedPart): void {
    this.#part = part;
    this.#publish(part);
  }
}
