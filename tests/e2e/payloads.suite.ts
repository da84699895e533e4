import { Client, Connection } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { taskWorkflowId } from '#domain/tasks/ports.ts';
import { submitTask, taskEnd } from '#tests/support/tasks.ts';
import type { Spine } from './spine.ts';

const mostBytes = 20_000;

/** What Temporal keeps is ids, numbers and short texts, whatever people choose. The last suite: it looks at all that ran. */
export function payloadsSuite(ready: () => Spine): void {
  describe("Temporal's histories", () => {
    it('have no payload over 20 kB, of no task or ticket', async () => {
      const { platform } = ready();
      const unknown = Array.from({ length: 2_000 }, (_, index) => `nobody-${index}`);
      const id = await submitTask(platform, {
        target: { hosts: ['alpha', 'beta', ...unknown] },
        script: `#!/bin/sh\n# ${'x'.repeat(200_000)}\ntrue\n`,
        strategy: { onError: 'continue' },
      });
      await taskEnd(platform, id, 60_000);

      const connection = await Connection.connect({ address: platform.temporalAddress() });
      const { workflow } = new Client({ connection });
      const largest = new Map<string, number>();
      for await (const { workflowId, runId } of workflow.list()) {
        const history = await workflow.getHandle(workflowId, runId).fetchHistory();
        largest.set(workflowId, Math.max(0, largest.get(workflowId) ?? 0, ...payloadSizes(history)));
      }
      await connection.close();
      expect(largest.get(taskWorkflowId(id))).toBeGreaterThan(0);
      expect([...largest].filter(([, bytes]) => bytes > mostBytes)).toEqual([]);
    });
  });
}

/** Bytes of every payload somewhere in a message of Temporal's. */
function payloadSizes(message: unknown): number[] {
  if (typeof message !== 'object' || message === null || message instanceof Uint8Array) return [];
  const { data } = message as { data?: unknown };
  if (data instanceof Uint8Array) return [data.byteLength];
  return Object.values(message).flatMap(payloadSizes);
}
