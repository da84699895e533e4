import * as contract from './tasks.contract.ts';
import type { Register } from '#api/kernel/http/register.ts';
import { proposeTask } from './propose-task.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';

/** Submits tasks. What policy says decides whether it is on its way (201) or waits for its ticket (202). */
export function addTaskSubmitRoute(register: Register, deps: RouteDeps): void {
  register(contract.submitTask, async (c) => {
    const key = c.req.valid('header')['idempotency-key'];
    const { status, task } = await proposeTask(c, deps, c.req.valid('json'), key, 'POST /api/v1/tasks');
    c.header('Location', `/api/v1/tasks/${task.id}`);
    return c.json(task, status);
  });
}
