import type { Machine, Node, NodeDetail, NodeGrant } from '#api/tree/tree.contract.ts';
import type { NodeRole } from '#domain/identity/roles.ts';
import type { HttpClient } from '../kernel/client/http.ts';
import { allRows } from '../kernel/client/paging.ts';

interface ListOptions {
  readonly q?: string | undefined;
  readonly limit?: number | undefined;
}

/** Nodes of the tree, by full name, and what is bound and granted there. */
export interface TreeClient {
  create(path: string, look: { description?: string; isLeaf?: boolean }): Promise<NodeDetail>;
  get(path: string): Promise<NodeDetail>;
  /** Children of one node; undefined: the roots. */
  children(parent: string | undefined, options?: ListOptions): Promise<Node[]>;
  /** All levels below one node; undefined: the whole tree. By full path. */
  below(path: string | undefined, options?: ListOptions): Promise<Node[]>;
  search(q: string, options?: ListOptions): Promise<Node[]>;
  rename(path: string, name: string): Promise<NodeDetail>;
  move(path: string, parent: string | null): Promise<NodeDetail>;
  delete(path: string, options: { cascade: boolean }): Promise<{ deleted: number; unbound: number }>;
  machines(path: string, options: ListOptions & { subtree: boolean }): Promise<Machine[]>;
  bind(path: string, machines: readonly string[]): Promise<{ bound: number }>;
  unbind(path: string, machines: readonly string[]): Promise<{ unbound: number }>;
  grants(path: string): Promise<NodeGrant[]>;
  grant(path: string, user: string, role: NodeRole): Promise<NodeGrant>;
  revoke(path: string, user: string): Promise<void>;
}

export function createTreeClient(http: HttpClient): TreeClient {
  const nodePath = (path: string) => `/api/v1/nodes/${encodeURIComponent(path)}`;
  const grantPath = (path: string, user: string) => `${nodePath(path)}/grants/${encodeURIComponent(user)}`;
  const list = (query: Record<string, string | undefined>, limit: number | undefined) =>
    allRows<Node>(http, '/api/v1/nodes', { query, limit });

  async function wholeTree(limit = Infinity): Promise<Node[]> {
    const rows: Node[] = [];
    for (const root of await list({}, limit)) {
      if (rows.length >= limit) break;
      rows.push(root);
      if (root.children > 0 && rows.length < limit)
        rows.push(...(await list({ under: root.path }, limit - rows.length)));
    }
    return rows;
  }

  return {
    create: (path, look) => http.json('POST', '/api/v1/nodes', { body: { path, ...look } }),
    get: (path) => http.json('GET', nodePath(path)),
    children: (parent, { limit } = {}) => list({ parent }, limit),
    below: (path, { limit } = {}) => (path === undefined ? wholeTree(limit) : list({ under: path }, limit)),
    search: (q, { limit } = {}) => list({ q }, limit),
    rename: (path, name) => http.json('PATCH', nodePath(path), { body: { name } }),
    move: (path, parent) => http.json('POST', `${nodePath(path)}/move`, { body: { parent } }),
    delete: (path, { cascade }) => http.json('DELETE', nodePath(path), { query: { cascade } }),
    machines: (path, { subtree, q, limit }) =>
      allRows<Machine>(http, `${nodePath(path)}/machines`, { query: { subtree, q }, limit }),
    bind: (path, machines) => http.json('POST', `${nodePath(path)}/bind`, { body: { machines } }),
    unbind: (path, machines) => http.json('POST', `${nodePath(path)}/unbind`, { body: { machines } }),
    grants: async (path) => (await http.json<{ items: NodeGrant[] }>('GET', `${nodePath(path)}/grants`)).items,
    grant: (path, user, role) => http.json('PUT', grantPath(path, user), { body: { role } }),
    revoke: (path, user) => http.json('DELETE', grantPath(path, user)),
  };
}
