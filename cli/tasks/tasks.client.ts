import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  HostRun,
  SubmittedTask,
  TaskDetail,
  TaskInput,
  TaskOperation,
  TaskSummary,
  TimelineEntry,
} from '#api/tasks/tasks.contract.ts';
import type { HostRunGroup } from '#domain/tasks/host-run.ts';
import type { TaskAction } from '#domain/tasks/task.ts';
import { CliFault, exitCodes } from '../kernel/fault.ts';
import type { HttpClient, Query } from '../kernel/client/http.ts';
import { allRows } from '../kernel/client/paging.ts';

/** Tasks, their hosts, and what may be done to them. */
export interface TasksClient {
  /** Starts work exactly once, also where the connection breaks and the request is repeated. */
  submit(input: TaskInput): Promise<SubmittedTask>;
  get(id: string, options?: { patienceMs?: number }): Promise<TaskDetail>;
  list(filter: Query, limit: number | undefined): Promise<TaskSummary[]>;
  hosts(
    id: string,
    filter?: { group?: HostRunGroup; q?: string | undefined; limit?: number | undefined },
  ): Promise<HostRun[]>;
  /** What the script wrote on one host; `truncated` where not all of it was kept. */
  output(
    id: string,
    host: string,
    options: { stream: 'stdout' | 'stderr'; attempt?: number | undefined },
  ): Promise<HostOutput>;
  timeline(id: string): Promise<TimelineEntry[]>;
  /** Asks for it and waits until it is applied or refused, at most `timeoutMs`. */
  operate(id: string, action: TaskAction, options: { timeoutMs: number }): Promise<TaskOperation>;
}

export interface HostOutput {
  readonly bytes: Uint8Array;
  readonly totalBytes: number;
  readonly truncated: boolean;
}

/** A submission is worth waiting for: the api may be restarting. */
const submitPatienceMs = 20_000;

export function createTasksClient(http: HttpClient, interrupted: AbortSignal): TasksClient {
  const taskPath = (id: string) => `/api/v1/tasks/${encodeURIComponent(id)}`;

  return {
    submit: (body) =>
      http.json('POST', '/api/v1/tasks', { body, idempotencyKey: `cli-${randomUUID()}`, patienceMs: submitPatienceMs }),
    get: (id, options) => http.json('GET', taskPath(id), options),
    list: (query, limit) => allRows<TaskSummary>(http, '/api/v1/tasks', { query, limit }),
    hosts: (id, { limit, ...query } = {}) => allRows<HostRun>(http, `${taskPath(id)}/hosts`, { query, limit }),
    timeline: (id) => allRows<TimelineEntry>(http, `${taskPath(id)}/timeline`),

    async output(id, host, { stream, attempt }) {
      const answer = await http.request('GET', `${taskPath(id)}/output`, {
        query: { host, stream, attempt },
        headers: { accept: 'application/octet-stream, application/problem+json' },
      });
      const bytes = new Uint8Array(await answer.arrayBuffer());
      return {
        bytes,
        totalBytes: Number(answer.headers.get('x-total-bytes') ?? bytes.length),
        truncated: answer.headers.get('x-truncated') === 'true',
      };
    },

    async operate(id, action, { timeoutMs }) {
      const deadline = Date.now() + timeoutMs;
      let operation = await http.json<TaskOperation>('POST', `${taskPath(id)}/${action}`, {
        idempotencyKey: `cli-${randomUUID()}`,
        patienceMs: submitPatienceMs,
      });
      while (operation.state === 'requested') {
        if (Date.now() > deadline) {
          throw new CliFault(
            exitCodes.failed,
            `${action} is recorded but not confirmed yet (operation ${operation.id})`,
            'It is carried out as soon as a worker is there; look at the task with: signalbox task get ' + id,
          );
        }
        await sleep(300, undefined, { signal: interrupted });
        operation = await http.json('GET', `${taskPath(id)}/operations/${operation.id}`, {
          patienceMs: submitPatienceMs,
        });
      }
      if (operation.state === 'refused') {
        throw new CliFault(
          exitCodes.failed,
          `refused: ${operation.detail ?? action} (${operation.reason ?? 'no reason given'})`,
        );
      }
      return operation;
    },
  };
}
