import { byId, type Node, tree } from './client.ts';
import { type LoadedPart, TreeLoader } from './tree-loader.ts';
import { flattenTree, type Level, rootLevel } from './tree-rows.ts';

/** The part of the service tree that a view has loaded, as it can watch it; the loading is that of TreeLoader. */
export class LoadedTree {
  #part = $state.raw<LoadedPart>({ levels: new Map(), expanded: new Set() });
  readonly #loader = new TreeLoader(
    (key, page) => tree.list({ ...(key === rootLevel ? {} : { parent: byId(key) }), ...withoutGaps(page) }),
    (part) => (this.#part = part),
  );

  readonly rows = $derived(flattenTree(this.#part.levels, this.#part.expanded));

  get roots(): Level | undefined {
    return this.#part.levels.get(rootLevel);
  }

  /** A node that is loaded. */
  find(id: string): Node | undefined {
    for (const level of this.#part.levels.values()) {
      const node = level.nodes.find((one) => one.id === id);
      if (node !== undefined) return node;
    }
    return undefined;
  }

  readonly load = (key: string) => this.#loader.load(key);
  readonly loadMore = (key: string) => this.#loader.loadMore(key);
  readonly expand = (id: string) => this.#loader.expand(id);
  readonly collapse = (id: string) => this.#loader.collapse(id);
  readonly toggle = (id: string) => this.#loader.toggle(id);
  /** Opens everything above a node. Returns its id, or undefined where it is not found. */
  readonly reveal = (path: string) => this.#loader.reveal(path);
  readonly refresh = () => this.#loader.refresh();

  /** Shows another name of a node before the api has confirmed it. Returns how to take it back. */
  rename(id: string, name: string, path: string): () => void {
    const before = this.find(id);
    this.#loader.patch(id, (node) => ({ ...node, name, path }));
    return () => {
      if (before === undefined) return;
      this.#loader.patch(id, (node) => ({ ...node, name: before.name, path: before.path }));
    };
  }
}

function withoutGaps({ cursor, limit }: { cursor: string | undefined; limit: number }) {
  return cursor === undefined ? { limit } : { limit, cursor };
}
