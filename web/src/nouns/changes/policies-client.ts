import type { PolicyInput, PolicyView } from '#api/changes/policies.contract.ts';
import { request, segment } from '../../lib/api/http.ts';

export type { PolicyInput, PolicyView };

const root = '/api/v1/policies';
const ofNode = (node: string) => `/api/v1/nodes/${segment(node)}/policies`;

/** Policies of a node by its full name, or of the whole tree. */
export const policies = {
  list: (node: string) => request<{ items: PolicyView[] }>('GET', ofNode(node)),
  set: (node: string, kind: string, input: PolicyInput) =>
    request<PolicyView>('PUT', `${ofNode(node)}/${segment(kind)}`, { body: input }),
  remove: (node: string, kind: string) => request<PolicyView>('DELETE', `${ofNode(node)}/${segment(kind)}`),
  listRoot: () => request<{ items: PolicyView[] }>('GET', root),
  setRoot: (kind: string, input: PolicyInput) =>
    request<PolicyView>('PUT', `${root}/${segment(kind)}`, { body: input }),
  removeRoot: (kind: string) => request<PolicyView>('DELETE', `${root}/${segment(kind)}`),
};
