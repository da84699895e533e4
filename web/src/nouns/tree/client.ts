import type { Machine, Node, NodeDetail, NodeGrant, NodeImpact } from '#api/tree/tree.contract.ts';
import { type Page, request, segment } from '../../lib/api/http.ts';

export type { Machine, Node, NodeDetail, NodeGrant, NodeImpact };

/** Addresses a node by its id, whatever it is called meanwhile. */
export function byId(id: string): string {
  return `~${id}`;
}

interface ListNodes {
  readonly parent?: string;
  readonly under?: string;
  readonly q?: string;
  readonly cursor?: string;
  readonly limit?: number;
}

const base = '/api/v1/nodes';
const path = (node: string) => `${base}/${segment(node)}`;

export const tree = {
  list: (query: ListNodes, signal?: AbortSignal) =>
    request<Page<Node>>('GET', base, { query: { ...query }, ...(signal && { signal }) }),
  get: (node: string) => request<NodeDetail>('GET', path(node)),
  create: (input: { path: string; isLeaf?: boolean; icon?: Node['icon']; description?: string }) =>
    request<NodeDetail>('POST', base, { body: input }),
  update: (node: string, change: { name?: string; isLeaf?: boolean; icon?: Node['icon']; description?: string }) =>
    request<NodeDetail>('PATCH', path(node), { body: change }),
  move: (node: string, parent: string | null) =>
    request<NodeDetail>('POST', `${path(node)}/move`, { body: { parent } }),
  remove: (node: string, cascade: boolean) =>
    request<{ deleted: number; unbound: number }>('DELETE', path(node), { query: { cascade } }),
  impact: (node: string) => request<NodeImpact>('GET', `${path(node)}/impact`),
  machines: (node: string, query: { subtree?: boolean; q?: string; cursor?: string; limit?: number }) =>
    request<Page<Machine>>('GET', `${path(node)}/machines`, { query }),
  bind: (node: string, machines: readonly string[]) =>
    request<{ bound: number }>('POST', `${path(node)}/bind`, { body: { machines } }),
  unbind: (node: string, machines: readonly string[]) =>
    request<{ unbound: number }>('POST', `${path(node)}/unbind`, { body: { machines } }),
  grants: (node: string) => request<{ items: NodeGrant[] }>('GET', `${path(node)}/grants`),
  grant: (node: string, user: string, role: NodeGrant['role']) =>
    request<NodeGrant>('PUT', `${path(node)}/grants/${segment(user)}`, { body: { role } }),
  revoke: (node: string, user: string) => request<void>('DELETE', `${path(node)}/grants/${segment(user)}`),
  allMachines: (query: { q?: string; cursor?: string; limit?: number }) =>
    request<Page<Machine>>('GET', '/api/v1/machines', { query }),
};
