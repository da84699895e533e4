import { setTimeout as sleep } from 'node:timers/promises';
import type { HostRun, SubmittedTask, TaskDetail, TaskInput, TaskOperation } from '#api/tasks/tasks.contract.ts';
import { isEndedTask, type TaskAction, type TaskState } from '#domain/tasks/task.ts';
import { eventually } from './eventually.ts';
import type { Platform } from './platform.ts';
import type { Answer } from './platform-api.ts';

/** Submits a task and answers with its id; a refusal is thrown. */
export async function submitTask(platform: Platform, input: TaskInput, key?: string): Promise<string> {
  const task = await platform.api.post<SubmittedTask>('/api/v1/tasks', input, {
    ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
  });
  return task.id;
}

/** Submits with an Idempotency-Key until there is a 2xx, whatever dies meanwhile. */
export async function submitStubbornly(platform: Platform, input: TaskInput, key: string): Promise<string> {
  return eventually('POST /tasks is accepted', () => submitTask(platform, input, key), {
    withinMs: 120_000,
    everyMs: 100,
  });
}

export function getTask(platform: Platform, id: string): Promise<TaskDetail> {
  return platform.api.get<TaskDetail>(`/api/v1/tasks/${id}`);
}

/** Waits until the task ended. */
export function taskEnd(platform: Platform, id: string, withinMs: number): Promise<TaskDetail> {
  return eventually(
    `task ${id} ends`,
    async () => {
      const task = await getTask(platform, id);
      if (isEndedTask(task.state)) return task;
      throw new Error(`${task.state} ${JSON.stringify(task.counts)}`);
    },
    { withinMs, everyMs: 250 },
  );
}

export function taskReaches(platform: Platform, id: string, state: TaskState, withinMs: number): Promise<TaskDetail> {
  return eventually(
    `task ${id} is ${state}`,
    async () => {
      const task = await getTask(platform, id);
      if (task.state === state) return task;
      throw new Error(`${task.state} ${JSON.stringify(task.counts)}`);
    },
    { withinMs, everyMs: 100 },
  );
}

/** All hosts of a task in the order of hand-out. */
export async function taskHosts(platform: Platform, id: string): Promise<HostRun[]> {
  const hosts: HostRun[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { items: HostRun[]; next: string | null } = await platform.api.get(
      `/api/v1/tasks/${id}/hosts?limit=500${query}`,
    );
    hosts.push(...page.items);
    cursor = page.next;
  }
  return hosts;
}

/** The one host of a task that a test looks at. */
export async function taskHost(platform: Platform, id: string, host: string): Promise<HostRun> {
  const found = (await taskHosts(platform, id)).find((row) => row.host === host);
  if (found === undefined) throw new Error(`no ${host} in task ${id}`);
  return found;
}

/** Waits until one host of a task is in one of the states. */
export function hostReaches(
  platform: Platform,
  id: string,
  host: string,
  states: readonly HostRun['state'][],
  withinMs: number,
): Promise<HostRun> {
  return eventually(
    `${host} is ${states.join(' or ')}`,
    async () => {
      const run = await taskHost(platform, id, host);
      if (states.includes(run.state)) return run;
      throw new Error(`${run.state} ${run.reason ?? ''}`);
    },
    { withinMs, everyMs: 100 },
  );
}

/** Asks for an operation and answers with what the api said, refusals included. */
export function operate(
  platform: Platform,
  id: string,
  action: TaskAction,
): Promise<Answer<Partial<TaskOperation> & { reason?: string }>> {
  return platform.api.request('POST', `/api/v1/tasks/${id}/${action}`, {
    headers: { 'idempotency-key': `${action}-${crypto.randomUUID()}` },
  });
}

/** Asks for an operation and waits until it is applied, also where the api could only note it (202). */
export async function applyOperation(
  platform: Platform,
  id: string,
  action: TaskAction,
  withinMs = 60_000,
): Promise<void> {
  const key = `${action}-${crypto.randomUUID()}`;
  const operation = await eventually(
    `${action} is accepted`,
    () =>
      platform.api.post<TaskOperation>(`/api/v1/tasks/${id}/${action}`, undefined, {
        headers: { 'idempotency-key': key },
      }),
    { withinMs },
  );
  for (let seen = operation, waited = 0; seen.state !== 'applied'; waited += 200) {
    if (seen.state === 'refused') throw new Error(`${action} was refused: ${seen.reason}`);
    if (waited > withinMs) throw new Error(`${action} is still ${seen.state}`);
    await sleep(200);
    seen = await platform.api.get<TaskOperation>(`/api/v1/tasks/${id}/operations/${operation.id}`);
  }
}
