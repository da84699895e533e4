import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlTaskQueue } from '#domain/durables.ts';
import { taskWorkflowId } from '#domain/tasks/ports.ts';
import { ticketActions } from '#domain/tickets/ticket.ts';
import { eventually } from '#tests/support/eventually.ts';
import { type Journal, openJournal } from '#tests/support/journal.ts';
import { addAgent, type RealAgent } from '#tests/support/platform-agents.ts';
import { getTask, taskHosts } from '#tests/support/tasks.ts';
import {
  approvedBy,
  createPerson,
  decide,
  getTicket,
  type Opened,
  type Person,
  setPolicy,
  submitForApproval,
  ticketReaches,
} from '#tests/support/tickets.ts';
import type { Spine } from './spine.ts';

const node = 'vault.web';

/** Whoever reaches Temporal's port alone approves nothing, and cannot lose a ticket for good either. */
export function ticketAuthoritySuite(ready: () => Spine): void {
  describe("tickets: calls straight to Temporal's port", () => {
    let connection: Connection;
    let client: Client;
    let agent: RealAgent;
    let journal: Journal;
    let asker: Person;
    let judge: Person;
    let opened: Opened;

    beforeAll(async () => {
      const { platform } = ready();
      connection = await Connection.connect({ address: platform.temporalAddress() });
      client = new Client({ connection });
      journal = openJournal(join(platform.folder, 'vault-journal'));
      asker = await createPerson(platform, 'vault-asker', 'ops');
      judge = await createPerson(platform, 'vault-judge', 'viewer');
      await platform.cli(['node', 'create', node]);
      agent = await addAgent(platform, 'vault-1', { node });
      await setPolicy(platform, node, approvedBy(judge));
      const script = `${journal.scriptLine}\n`;
      opened = await submitForApproval(platform, asker, { target: { node }, script });
      await eventually('its workflow runs', () => ticketWorkflow().describe(), { withinMs: 30_000 });
    });

    afterAll(async () => {
      await connection?.close();
      await agent?.stop();
    });

    const ticketWorkflow = () => client.workflow.getHandle(`ticket/${opened.ticketId}`);

    /** Still asked for, and nothing ran. */
    async function expectPending(): Promise<void> {
      const { platform } = ready();
      await sleep(1_500);
      const { state, decisions } = await getTicket(platform, opened.ticketId);
      expect([state, decisions]).toEqual(['pending', []]);
      expect((await getTask(platform, opened.taskId)).state).toBe('awaiting-approval');
      expect((await taskHosts(platform, opened.taskId)).map(({ startedAt }) => startedAt)).toEqual([null]);
      expect(journal.executions()).toEqual([]);
    }

    it('a start of the task’s own workflow runs nothing: the task waits for its ticket', async () => {
      await client.workflow.start('task', {
        taskQueue: controlTaskQueue,
        workflowId: taskWorkflowId(opened.taskId),
        args: [{ taskId: opened.taskId }],
        workflowExecutionTimeout: '4 seconds',
      });
      await expectPending();
    });

    it('bogus Updates and signals decide nothing', async () => {
      const handle = ticketWorkflow();
      await handle.signal('nudge');
      await handle.signal('approve', { ticketId: opened.ticketId });
      const unknown: string[] = [];
      for (const name of [...ticketActions, 'operate', 'operation', 'decide', 'release']) {
        for (const input of [
          { operationId: randomUUID(), action: 'approve', actor: judge.id },
          { action: 'approve' },
          {},
        ]) {
          const answer = await handle
            .executeUpdate(name, { args: [input] })
            .then((result: unknown) => JSON.stringify(result))
            .catch((error: unknown) => String(error));
          expect(answer).not.toContain('"applied":true');
          unknown.push(answer);
        }
      }
      expect(unknown.length).toBeGreaterThan(20);
      await expectPending();
    });

    it('cancelled or terminated, it comes back, is decided and runs once', async () => {
      const { platform } = ready();
      await ticketWorkflow().cancel();
      await expectPending();
      await ticketWorkflow().terminate('a test');
      await expectPending();
      const answer = await decide(platform, judge, opened.ticketId, 'approve');
      expect([200, 202]).toContain(answer.status);
      await ticketReaches(platform, opened.ticketId, ['done'], 120_000);
      expect(journal.executions()).toHaveLength(1);
    });

    it('its payloads name neither people, hosts nor scripts', async () => {
      const history = await ticketWorkflow().fetchHistory();
      const text = JSON.stringify(history, (_, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
      );
      expect(text).toContain(opened.ticketId);
      expect(text).not.toContain('vault-1');
      expect(text).not.toContain('SIGNALBOX_RUN_ID');
    });
  });
}
