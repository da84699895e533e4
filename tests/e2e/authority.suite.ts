import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlTaskQueue } from '#domain/durables.ts';
import { taskWorkflowId } from '#domain/tasks/ports.ts';
import { taskActions } from '#domain/tasks/task.ts';
import { applyOperation, getTask, submitTask, taskEnd } from '#tests/support/tasks.ts';
import type { Spine } from './spine.ts';

/** Whoever reaches Temporal's port alone can run and decide nothing: authority is the ledger's. */
export function authoritySuite(ready: () => Spine): void {
  describe("calls straight to Temporal's port", () => {
    let connection: Connection;
    let client: Client;
    let workflowType: string;
    let ended: string;
    let paused: string;

    beforeAll(async () => {
      const { platform } = ready();
      connection = await Connection.connect({ address: platform.temporalAddress() });
      client = new Client({ connection });
      ended = await submitTask(platform, { target: { hosts: ['alpha'] }, command: ['true'] });
      await taskEnd(platform, ended, 30_000);
      workflowType = (await client.workflow.getHandle(taskWorkflowId(ended)).describe()).type;
      paused = await submitTask(platform, {
        target: { hosts: ['alpha', 'beta'] },
        script: 'sleep 2',
        strategy: { concurrency: 1 },
      });
      await applyOperation(platform, paused, 'pause');
    });

    afterAll(async () => {
      await applyOperation(ready().platform, paused, 'kill');
      await taskEnd(ready().platform, paused, 60_000);
      await connection?.close();
    });

    /** Everything that a task is, but for what is already under way. */
    async function ledger(): Promise<string> {
      const { db } = ready().platform.database;
      const { rows } = await sql<{ all: string }>`
        select (select jsonb_agg(jsonb_build_array(id, state, ended_at) order by id) from task)::text
            || (select jsonb_agg(jsonb_build_array(id, attempt, state, code) order by id) from host_run)::text
            || (select count(*) from operation)::text as all`.execute(db);
      return rows[0]?.all ?? '';
    }

    async function settled(): Promise<string> {
      const { platform } = ready();
      for (;;) {
        const { counts } = await getTask(platform, paused);
        if (counts.running === 0) return ledger();
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }

    it('a start of task/<made-up id>, of an ended task, of no task: no row appears or changes', async () => {
      const before = await settled();
      for (const [workflowId, args] of [
        [taskWorkflowId(randomUUID()), [{ taskId: randomUUID() }]],
        [taskWorkflowId(ended), [{ taskId: ended }]],
        ['task/other-name', [{ taskId: paused }]],
        [taskWorkflowId(randomUUID()), [{ taskId: "'; drop table task; --" }]],
        [taskWorkflowId(randomUUID()), []],
      ] as const) {
        const handle = await client.workflow.start(workflowType, {
          taskQueue: controlTaskQueue,
          workflowId,
          args: [...args],
          workflowExecutionTimeout: '5 seconds',
        });
        await handle.result().catch(() => undefined);
      }
      expect(await ledger()).toBe(before);
      expect((await getTask(ready().platform, paused)).state).toBe('paused');
    });

    it('bogus signals and Updates change nothing', async () => {
      const before = await settled();
      const handle = client.workflow.getHandle(taskWorkflowId(paused));
      await handle.signal('nudge');
      await handle.signal('approve', { taskId: paused });
      const refusals: string[] = [];
      for (const name of [...taskActions, 'operate', 'operation', 'control', 'retryFailed', 'approve']) {
        for (const input of [{ operationId: randomUUID(), action: name }, { action: 'kill' }, {}]) {
          const answer = await handle
            .executeUpdate(name, { args: [input] })
            .then((result: unknown) => JSON.stringify(result))
            .catch((error: unknown) => String(error));
          refusals.push(answer);
          expect(answer).not.toContain('"applied":true');
        }
      }
      expect(refusals.some((answer) => answer.includes('no-such-operation'))).toBe(true);
      expect(await ledger()).toBe(before);
    });

    it('the payloads of a task name neither hosts nor scripts', async () => {
      const history = await client.workflow.getHandle(taskWorkflowId(ended)).fetchHistory();
      const text = Buffer.from(
        JSON.stringify(history, (_, value: unknown) =>
          value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
        ),
      ).toString('utf8');
      expect(text).toContain(ended);
      expect(text).not.toContain('alpha');
    });
  });
}
