import { getContext, setContext } from 'svelte';
import type { QueryClient } from '@tanstack/svelte-query';
import { goto } from '$app/navigation';
import { byId, type Node, type NodeDetail, tree } from '#web/nouns/tree/client.ts';
import { routeFor } from '#web/lib/route-for.ts';
import { session } from '#web/lib/session/session.svelte.ts';
import { LoadedTree } from '#web/nouns/tree/loaded-tree.svelte.ts';

/** A dialog about a node that is open now. */
export type NodeDialog =
  | { readonly is: 'add'; readonly parent: Node | null }
  | { readonly is: 'rename'; readonly node: Node }
  /** `target` undefined: it is still to be picked. */
  | { readonly is: 'move'; readonly node: Node; readonly target?: Node | null }
  | { readonly is: 'delete'; readonly node: Node };

/** What the parts of the tree's pages share: the loaded tree, the dialog that is open, and what is allowed where. */
export class NodeDesk {
  readonly tree = new LoadedTree();
  dialog = $state.raw<NodeDialog | undefined>();
  /** The node whose name is being edited in the tree. */
  renaming = $state.raw<string | undefined>();
  /** Puts the keyboard back on the tree; set by the pane that shows it. */
  focusTree: () => void = () => undefined;
  readonly #client: QueryClient;

  constructor(client: QueryClient) {
    this.#client = client;
  }

  /** What the caller may do on a node, as the api says. */
  async detail(id: string): Promise<NodeDetail> {
    return this.#client.fetchQuery({ ...nodeQuery(id), staleTime: 5_000 });
  }

  /** Whether an action is allowed on a node; undefined while that is not known. */
  allows(action: string, detail: NodeDetail | undefined): boolean | undefined {
    if (session.allows(action)) return true;
    return detail?.actions.includes(action);
  }

  /** Whether the state of agents may be heard live: a topic that is refused would end the whole stream. */
  get hearsAgents(): boolean {
    return session.allows('agent.view');
  }

  /** Shows a node, on the tab that is open now. */
  async open(id: string, options: { keepTab?: boolean } = {}): Promise<void> {
    const tab = new URLSearchParams(location.search).get('tab');
    await goto(routeFor.tree(id, options.keepTab === false || tab === null ? {} : { tab }), { reset: false });
  }

  /** Looks again at all that may show nodes. */
  async refresh(): Promise<void> {
    await Promise.all([
      this.tree.refresh(),
      this.#client.invalidateQueries({ queryKey: ['nodes'] }),
      this.#client.invalidateQueries({ queryKey: ['node'] }),
    ]);
  }

  /** Puts what the api answered after a change where the pages look. */
  take(detail: NodeDetail): void {
    this.#client.setQueryData(nodeQuery(detail.id).queryKey, detail);
  }
}

/** How the detail of a node is asked for, everywhere. */
export function nodeQuery(id: string) {
  return { queryKey: ['node', id, 'detail'], queryFn: () => tree.get(byId(id)) };
}

const key = Symbol('node-desk');

/** Makes the desk of this page's components. */
export function provideNodeDesk(client: QueryClient): NodeDesk {
  return setContext(key, new NodeDesk(client));
}

/** The desk that a component above provides. */
export function useNodeDesk(): NodeDesk {
  return getContext<NodeDesk>(key);
}
