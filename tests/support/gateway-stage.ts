import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { createJoinToken } from '#ledger/agents/join-tokens.ts';
import { advanceTask } from '#ledger/tasks/advance-task.ts';
import { lockTask } from '#ledger/tasks/lock-task.ts';
import { submitTask } from '#ledger/tasks/submit-task.ts';
import { insertSecret, rotateSecret } from '#ledger/secrets/edit-secret.ts';
import { createTaskOperation } from '#ledger/tasks/task-operation.ts';
import { formatJoinToken } from '#domain/agents/agent.ts';
import type { HostRunState } from '#domain/tasks/host-run.ts';
import { type TaskAction, type TaskPayload, taskPayloadSchema, type TaskStrategy } from '#domain/tasks/task.ts';
import { type CertificateAuthority, openCertificateAuthority } from '#gateway/pki/certificate-authority.ts';
import { openDatabase } from '#db/database.ts';
import { createGateway, type Gateway } from '#gateway/server.ts';
import { handOutSessions } from '#gateway/settler.ts';
import { silentLogger } from '#platform/logging.ts';
import { openSecretBox } from '#platform/secret-box.ts';
import type { SecretReference } from '#domain/secrets/secret-reference.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { eventually } from './eventually.ts';
import { createSimAgent, type SimAgent, type SimOptions } from './sim-agent.ts';
import { issueSims, type SimIdentity } from './sim-enrol.ts';
import { transact } from '#ledger/kernel/transact.ts';

export interface StagedGateway {
  readonly gateway: Gateway;
  readonly address: string;
}

/** One host of a task, as the ledger has it. */
export interface StagedRun {
  readonly id: string;
  readonly host: string;
  readonly state: HostRunState;
  readonly attempt: number;
  readonly code: number | null;
  readonly late: boolean;
  readonly acked: boolean;
}

/**
 * Real gateways over a real ledger and real mTLS, with simulated agents. In place of the workflow stands the shortest
 * loop that does its work: at each nudge (and at `step`) the task advances and is delivered everywhere.
 */
export interface GatewayStage {
  readonly database: TestDatabase;
  readonly authority: CertificateAuthority;
  /** Tasks that were nudged, in order. */
  readonly nudges: string[];
  startGateway(id?: string, more?: { certificateDays?: number; secretKeyFile?: string }): Promise<StagedGateway>;
  token(options?: { ttlMs?: number; agentName?: string; nodeId?: string }): Promise<string>;
  identities(count: number, prefix: string, lifeMs?: number): Promise<SimIdentity[]>;
  /** Started, connected. */
  agents(count: number, prefix: string, options: SimOptions): Promise<SimAgent[]>;
  agent(identity: SimIdentity, options: SimOptions): SimAgent;
  submit(
    hosts: readonly { name: string; agentId: string }[],
    strategy?: Partial<TaskStrategy>,
    env?: TaskPayload['env'],
  ): Promise<string>;
  /** Seals a value as the api does, for these gateways; another value of a name is its next version. */
  keepSecret(name: string, value: string): Promise<SecretReference>;
  /** Writes down an operation, as the api does; nobody carries it out. */
  request(taskId: string, action: TaskAction): Promise<string>;
  /** Advances a task and, unless told otherwise, delivers it on every gateway. */
  step(taskId: string, options?: { deliver?: boolean; leaseMs?: number }): Promise<void>;
  runs(taskId: string): Promise<StagedRun[]>;
  reaches(taskId: string, state: HostRunState, count?: number, withinMs?: number): Promise<StagedRun[]>;
  taskState(taskId: string): Promise<string>;
  audit(
    action: string,
  ): Promise<{ outcome: string; actor: string; target: string; nodes: string[]; details: Record<string, unknown> }[]>;
  remove(): Promise<void>;
}

/** `database`: one of the test's own (it is removed with the stage). */
export async function createGatewayStage(options: { database?: TestDatabase } = {}): Promise<GatewayStage> {
  const database = options.database ?? (await createTestDatabase({ max: 10 }));
  const { db } = database;
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-gateway-'));
  const authority = await openCertificateAuthority(join(folder, 'keys', 'ca'));
  const handOuts = openDatabase(database.url, handOutSessions);
  const gateways: Gateway[] = [];
  const sims: SimAgent[] = [];
  const nudges: string[] = [];
  await sql`insert into "user" (id, name, email, role) values ('u1', 'alice', 'alice@example.com', 'ops')`.execute(db);

  const stage: GatewayStage = {
    database,
    authority,
    nudges,
    async startGateway(id = 'gateway-1', more = {}) {
      const gateway = createGateway(
        {
          SIGNALBOX_DATA: folder,
          SIGNALBOX_CA_DIR: '',
          SIGNALBOX_SECRET_KEY_FILE: more.secretKeyFile ?? '',
          SIGNALBOX_GATEWAY_ID: id,
          SIGNALBOX_GATEWAY_HOST: '127.0.0.1',
          SIGNALBOX_GATEWAY_PORT: 0,
          SIGNALBOX_GATEWAY_ADDRESS: '',
          SIGNALBOX_AGENT_CERTIFICATE_DAYS: more.certificateDays ?? 30,
          SIGNALBOX_AGENT_PARALLEL_RUNS: 16,
        },
        {
          database,
          handOuts: handOuts.db,
          logger: silentLogger,
          nudge: async (taskId) => {
            nudges.push(taskId);
            await stage.step(taskId);
          },
        },
      );
      gateways.push(gateway);
      const { address } = await gateway.start();
      return { gateway, address };
    },
    async token(more = {}) {
      const token = await transact(db, (tx) => createJoinToken(tx, { createdBy: 'u1', ...more }));
      return formatJoinToken(token);
    },
    identities: (count, prefix, lifeMs) =>
      issueSims(db, authority, { count, prefix, ...(lifeMs === undefined ? {} : { lifeMs }) }),
    agent(identity, simOptions) {
      const sim = createSimAgent(identity, { backoffMs: [20, 500], ...simOptions });
      sims.push(sim);
      return sim;
    },
    async agents(count, prefix, simOptions) {
      const started = (await stage.identities(count, prefix)).map((identity) => stage.agent(identity, simOptions));
      for (const sim of started) sim.start();
      await eventually(`${count} agents are connected`, () => started.every((sim) => sim.connected()), {
        withinMs: 60_000,
        everyMs: 20,
      });
      return started;
    },
    async submit(hosts, strategy = {}, env = {}) {
      const id = randomUUID();
      const rows = await db
        .selectFrom('agent')
        .select(['id', 'machine_id'])
        .where(sql<boolean>`id = any(${hosts.map((host) => host.agentId)}::uuid[])`)
        .execute();
      const machines = new Map(rows.map((row) => [row.id, row.machine_id]));
      await transact(db, (tx) =>
        submitTask(tx, {
          id,
          title: 'Say hello',
          payload: taskPayloadSchema.parse({ script: 'echo hello', env }),
          strategy: { onError: 'continue', ...strategy },
          requester: { id: 'u1', name: 'alice' },
          nodes: [],
          hosts: hosts.map((host) => ({
            host: host.name,
            agentId: host.agentId,
            machineId: machines.get(host.agentId),
          })),
        }),
      );
      return id;
    },
    async keepSecret(name, value) {
      const box = openSecretBox({ SIGNALBOX_DATA: folder, SIGNALBOX_SECRET_KEY_FILE: '' });
      const secret = { by: { actor: { id: 'u1', name: 'alice' } }, value, seal: box.seal.bind(box) };
      const known = await db.selectFrom('secret').select('id').where('name', '=', name).executeTakeFirst();
      return transact(db, async (tx) => {
        if (known !== undefined) return { secret: name, id: known.id, ...(await rotateSecret(tx, known.id, secret)) };
        const made = await insertSecret(tx, { ...secret, name, node: undefined, description: '' });
        return { secret: name, ...made, version: 1 };
      });
    },
    async request(taskId, action) {
      const id = randomUUID();
      await transact(db, async (tx) => {
        await lockTask(tx, taskId);
        await createTaskOperation(tx, { id, taskId, action, actor: { id: 'u1', name: 'alice' } });
      });
      return id;
    },
    async step(taskId, { deliver = true, leaseMs = 300_000 } = {}) {
      const { step } = await db.selectFrom('task').select('step').where('id', '=', taskId).executeTakeFirstOrThrow();
      await advanceTask(db, { taskId, step: step + 1, leaseMs });
      if (deliver) await Promise.all(gateways.map((gateway) => gateway.activities.deliverTask({ taskId })));
    },
    async runs(taskId) {
      const rows = await db
        .selectFrom('host_run')
        .selectAll()
        .where('task_id', '=', taskId)
        .orderBy('ord')
        .orderBy('attempt')
        .execute();
      return rows.map(({ id, host, state, attempt, code, late, acked_at }) => ({
        id,
        host,
        state,
        attempt,
        code,
        late,
        acked: acked_at !== null,
      }));
    },
    reaches: (taskId, state, count, withinMs = 15_000) =>
      eventually(
        `runs are ${state}`,
        async () => {
          const runs = await stage.runs(taskId);
          const there = runs.filter((run) => run.state === state).length;
          if (there === (count ?? runs.length)) return runs;
          throw new Error(
            runs
              .map((run) => run.state)
              .join(' ')
              .slice(0, 500),
          );
        },
        { withinMs, everyMs: 20 },
      ),
    async taskState(taskId) {
      return (await db.selectFrom('task').select('state').where('id', '=', taskId).executeTakeFirstOrThrow()).state;
    },
    async audit(action) {
      const rows = await db.selectFrom('audit').selectAll().where('action', '=', action).orderBy('id').execute();
      return rows.map((row) => ({
        outcome: row.outcome,
        actor: row.actor_name,
        target: row.target,
        nodes: row.nodes,
        details: row.details,
      }));
    },
    async remove() {
      for (const sim of sims) sim.crash();
      await Promise.all(gateways.map((gateway) => gateway.stop()));
      await handOuts.close();
      await database.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return stage;
}
