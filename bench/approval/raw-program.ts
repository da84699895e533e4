import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { activityEndedAt } from './activity-times.ts';
import { bareUpdate, decideUpdate, rawQueue, type rawTicket } from './raw.workflow.ts';

/** The raw program: the same Temporal steps with nothing in them, on the same server. */
export interface RawProgram {
  /** One approval; milliseconds from the Update to its answer, and to the end of the last activity. */
  run(id: string): Promise<{ acknowledgedMs: number; dispatchedMs: number; bareMs: number }>;
  stop(): void;
}

export async function startRawProgram(client: Client, address: string): Promise<RawProgram> {
  const child = fork(join(import.meta.dirname, 'raw-process.ts'), [address], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`the raw program ended with ${code}`)));
  });
  return {
    async run(id) {
      const workflowId = `bench-raw/${id}`;
      const handle = await client.workflow.start<typeof rawTicket>('rawTicket', { workflowId, taskQueue: rawQueue });
      const bareSince = performance.now();
      await handle.executeUpdate(bareUpdate);
      const bareMs = performance.now() - bareSince;
      const wall = Date.now();
      const since = performance.now();
      await handle.executeUpdate(decideUpdate);
      const acknowledgedMs = performance.now() - since;
      await handle.result();
      await client.workflow.getHandle(`${workflowId}/task`).result();
      const dispatchedMs = (await activityEndedAt(client, `${workflowId}/task`, 'deliver')) - wall;
      return { acknowledgedMs, dispatchedMs, bareMs };
    },
    stop: () => void child.kill('SIGKILL'),
  };
}
