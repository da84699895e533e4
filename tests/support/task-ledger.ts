import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '#db/database.ts';
import { outstandingOfTask } from '#ledger/tasks/delivery.ts';
import { storeAcknowledgements, storeReports } from '#ledger/tasks/store-reports.ts';
import { lockTask } from '#ledger/tasks/lock-task.ts';
import { submitTask } from '#ledger/tasks/submit-task.ts';
import { createTaskOperation } from '#ledger/tasks/task-operation.ts';
import type { HostRunEnd } from '#domain/tasks/host-run.ts';
import type { SubmittedHost } from '#domain/tasks/submitted-host.ts';
import { resultCodes } from '#domain/tasks/result-codes.ts';
import { type TaskAction, taskPayloadSchema, type TaskStrategy } from '#domain/tasks/task.ts';
import { transact } from '#ledger/kernel/transact.ts';

export const fixtureGateway = 'gateway-1';

export interface LedgerHost extends SubmittedHost {
  readonly machineId: string;
  readonly agentId: string;
}

/** A user, a live gateway, and hosts whose agents are connected to it: what tasks stand on, without any process. */
export interface TaskLedger {
  readonly hosts: readonly LedgerHost[];
  /** Submits a task on all hosts (or those given). Returns its id. */
  submit(options?: { strategy?: Partial<TaskStrategy>; hosts?: readonly SubmittedHost[] }): Promise<string>;
  /** Writes down an operation, as the api does. Returns its id. */
  request(taskId: string, action: TaskAction): Promise<string>;
  /** Accepts every outstanding command of the task, as its agents would. Returns the kinds with the runs. */
  acknowledge(taskId: string): Promise<{ kind: 'run' | 'kill' | 'revoke'; runId: string; seq: number }[]>;
  /** Reports the end of runs in flight (all, or those that `choose` names an end for). Returns how many. */
  report(taskId: string, choose: (host: string) => HostRunEnd | undefined): Promise<number>;
  disconnect(agentIds: readonly string[], secondsAgo: number): Promise<void>;
}

export async function createTaskLedger(db: Database, hostCount: number): Promise<TaskLedger> {
  await sql`insert into "user" (id, name, email, role) values ('u1', 'alice', 'alice@example.com', 'ops')`.execute(db);
  await sql`insert into gateway (id, address, up_since) values (${fixtureGateway}, '127.0.0.1:1', now() - interval '1 hour')`.execute(
    db,
  );
  const hosts = Array.from({ length: hostCount }, (_, index): LedgerHost => {
    const host = `host-${String(index + 1).padStart(5, '0')}`;
    return { host, address: `10.0.${index >> 8}.${index & 255}`, machineId: randomUUID(), agentId: randomUUID() };
  });
  const column = (key: keyof LedgerHost) => hosts.map((host) => host[key]);
  await sql`insert into machine (id, name, address, identity)
    select id, name, address, gen_random_uuid()
    from unnest(${column('machineId')}::uuid[], ${column('host')}::text[], ${column('address')}::text[]) as m (id, name, address)`.execute(
    db,
  );
  await sql`insert into agent (id, machine_id, name, serial, public_key_sha256, certificate_expires_at, spool_id, gateway_id, epoch, connected_at)
    select id, machine_id, name, md5(name), md5(name), now() + interval '30 days', 'spool-' || name, ${fixtureGateway}, 1, now()
    from unnest(${column('agentId')}::uuid[], ${column('machineId')}::uuid[], ${column('host')}::text[]) as a (id, machine_id, name)`.execute(
    db,
  );

  async function report(taskId: string, choose: (host: string) => HostRunEnd | undefined): Promise<number> {
    const runs = await db
      .selectFrom('host_run')
      .select(['id', 'host', 'agent_id'])
      .where('task_id', '=', taskId)
      .where('state', 'in', ['dispatched', 'running', 'killing', 'lost'])
      .orderBy('ord')
      .execute();
    const now = new Date();
    const nothing = { head: Buffer.alloc(0), tail: Buffer.alloc(0), totalBytes: 0 };
    const reports = runs.flatMap((run) => {
      const end = choose(run.host);
      if (end === undefined || run.agent_id === null) return [];
      const code = end === 'succeeded' ? resultCodes.normalTermination : resultCodes.scriptFailed;
      const exitCode = end === 'succeeded' ? 0 : 1;
      // prettier-ignore
      return [{ runId: run.id, agentId: run.agent_id, epoch: 1, end, code, detail: '', exitCode, signal: null,
                startedAt: now, finishedAt: now, stdout: nothing, stderr: nothing }];
    });
    if (reports.length === 0) return 0;
    const verdicts = await transact(db, (tx) => storeReports(tx, fixtureGateway, reports));
    return verdicts.filter(({ verdict }) => verdict === 'stored' || verdict === 'late').length;
  }

  return {
    hosts,
    report,
    async submit({ strategy, hosts: chosen = hosts } = {}) {
      const id = uuidv7();
      await transact(db, (tx) =>
        submitTask(tx, {
          id,
          title: 'Say hello',
          payload: taskPayloadSchema.parse({ script: 'echo hello' }),
          strategy: { onError: 'continue', ...strategy },
          requester: { id: 'u1', name: 'alice' },
          nodes: [],
          hosts: chosen,
        }),
      );
      return id;
    },
    async request(taskId, action) {
      const id = uuidv7();
      await transact(db, async (tx) => {
        await lockTask(tx, taskId);
        await createTaskOperation(tx, { id, taskId, action, actor: { id: 'u1', name: 'alice' } });
      });
      return id;
    },
    async acknowledge(taskId) {
      const commands = await outstandingOfTask(db, taskId, fixtureGateway);
      await transact(db, (tx) =>
        storeAcknowledgements(
          tx,
          fixtureGateway,
          commands.map((command) => ({ ...command, epoch: 1 })),
        ),
      );
      return commands;
    },
    async disconnect(agentIds, secondsAgo) {
      await sql`update agent set disconnected_at = now() - make_interval(secs => ${secondsAgo})
        where id = any(${[...agentIds]}::uuid[])`.execute(db);
    },
  };
}
