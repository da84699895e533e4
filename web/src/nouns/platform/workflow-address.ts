/** Where the Temporal UI shows a workflow; the platform keeps all of its workflows in one namespace. */
export function workflowAddress(temporalUi: string, workflowId: string, namespace = 'default'): string {
  return `${temporalUi.replace(/\/+$/, '')}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}`;
}
