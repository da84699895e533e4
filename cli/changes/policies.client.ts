import type { ChangePreview, PolicyInput, PolicyView } from '#api/changes/policies.contract.ts';
import type { TaskInput } from '#api/tasks/tasks.contract.ts';
import type { ChangeKindName } from '#domain/names.ts';
import type { HttpClient } from '../kernel/client/http.ts';

/** Path of the whole tree, where a command line takes the path of a node. */
export const wholeTree = '/';

/** Policies of a node, or of the whole tree (`/`), and what they would say of a change. */
export interface PoliciesClient {
  /** What holds there, one per kind of change. */
  list(path: string): Promise<PolicyView[]>;
  set(path: string, kind: ChangeKindName, policy: PolicyInput): Promise<PolicyView>;
  /** Answers what holds from then on. */
  remove(path: string, kind: ChangeKindName): Promise<PolicyView>;
  /** Nothing is stored, nothing runs. */
  preview(kind: 'task.run', task: TaskInput): Promise<ChangePreview>;
}

export function createPoliciesClient(http: HttpClient): PoliciesClient {
  const policies = (path: string) =>
    path === wholeTree ? '/api/v1/policies' : `/api/v1/nodes/${encodeURIComponent(path)}/policies`;
  const policy = (path: string, kind: string) => `${policies(path)}/${encodeURIComponent(kind)}`;
  return {
    list: async (path) => (await http.json<{ items: PolicyView[] }>('GET', policies(path))).items,
    set: (path, kind, body) => http.json('PUT', policy(path, kind), { body }),
    remove: (path, kind) => http.json('DELETE', policy(path, kind)),
    preview: (kind, task) => http.json('POST', '/api/v1/changes/preview', { body: { kind, task } }),
  };
}
