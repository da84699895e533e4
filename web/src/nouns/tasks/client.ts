import type {
  HostRun,
  SubmittedTask,
  TaskDetail,
  TaskInput,
  TaskOperation,
  TaskSummary,
  TimelineEntry,
} from '#api/tasks/tasks.contract.ts';
import type { ChangePreview } from '#api/changes/policies.contract.ts';
import { type Page, request, requestRaw, segment } from '../../lib/api/http.ts';

export type { ChangePreview, HostRun, SubmittedTask, TaskDetail, TaskInput, TaskOperation, TaskSummary, TimelineEntry };
export type TaskState = TaskSummary['state'];
export type TaskAction = TaskDetail['actions'][number]['name'];

interface ListTasks {
  readonly state?: TaskState;
  readonly requester?: string;
  readonly node?: string;
  readonly q?: string;
  readonly cursor?: string;
  readonly limit?: number;
}

interface ListHosts {
  readonly group?: string;
  readonly state?: HostRun['state'];
  readonly q?: string;
  readonly cursor?: string;
  readonly limit?: number;
}

/** What a script wrote on one host. `truncated`: the middle of it is missing. */
export interface TaskOutput {
  readonly text: string;
  readonly totalBytes: number;
  readonly truncated: boolean;
}

const base = '/api/v1/tasks';
const path = (id: string) => `${base}/${segment(id)}`;

export const tasks = {
  submit: (input: TaskInput, idempotencyKey: string) =>
    request<SubmittedTask>('POST', base, { body: input, idempotencyKey }),
  preview: (task: TaskInput) =>
    request<ChangePreview>('POST', '/api/v1/changes/preview', { body: { kind: 'task.run', task } }),
  list: (query: ListTasks) => request<Page<TaskSummary>>('GET', base, { query: { ...query } }),
  get: (id: string) => request<TaskDetail>('GET', path(id)),
  hosts: (id: string, query: ListHosts) => request<Page<HostRun>>('GET', `${path(id)}/hosts`, { query: { ...query } }),
  timeline: (id: string, query: { cursor?: string; limit?: number }) =>
    request<Page<TimelineEntry>>('GET', `${path(id)}/timeline`, { query }),
  operate: (id: string, action: TaskAction, idempotencyKey: string) =>
    request<TaskOperation>('POST', `${path(id)}/${action}`, { idempotencyKey }),
  operation: (id: string, operation: string) =>
    request<TaskOperation>('GET', `${path(id)}/operations/${segment(operation)}`),
  output: async (id: string, host: string, stream: 'stdout' | 'stderr', attempt?: number): Promise<TaskOutput> => {
    const response = await requestRaw(`${path(id)}/output`, { query: { host, stream, attempt } });
    return {
      text: new TextDecoder().decode(await response.arrayBuffer()),
      totalBytes: Number(response.headers.get('x-total-bytes') ?? 0),
      truncated: response.headers.get('x-truncated') === 'true',
    };
  },
};
