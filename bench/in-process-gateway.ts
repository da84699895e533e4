import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { openDatabase } from '#db/database.ts';
import { resultCodes } from '#domain/tasks/result-codes.ts';
import { taskWorkflowId } from '#domain/tasks/ports.ts';
import { createGatewayMetrics } from '#gateway/gateway-metrics.ts';
import { createLedgerSide } from '#gateway/ledger-side.ts';
import { type AgentSession, createSessionRegistry } from '#gateway/session-registry.ts';
import { handOutSessions } from '#gateway/settler.ts';
import { registerGateway } from '#ledger/agents/gateways.ts';
import { transact } from '#ledger/kernel/transact.ts';
import { createLogger } from '#platform/logging.ts';
import { openTemporalClient } from '#platform/temporal.ts';
import { createGatewayWorker } from '#workers/gateway.worker.ts';
import { nudgeSignal } from '#workflows/kernel/durable.messages.ts';
import type { FleetReport } from './fleet-process.ts';

/**
 * A gateway whose sessions are functions in this process, in place of connections: all of it but TLS, HTTP/2 and protobuf.
 * 50,000 simulated connections would need more memory than the machine has.
 */
export const inProcessGateway = 'gateway-in-process';

const [databaseUrl = '', temporalAddress = '', count = '0'] = process.argv.slice(2);
const logger = createLogger({ role: 'gateway', level: 'warn' });
const database = openDatabase(databaseUrl, { max: 10, writer: inProcessGateway });
const handOuts = openDatabase(databaseUrl, handOutSessions);
const temporal = openTemporalClient({ address: temporalAddress, namespace: 'default' });
const registry = createSessionRegistry();
const journal: string[] = [];

const side = createLedgerSide({
  database,
  handOuts: handOuts.db,
  gatewayId: inProcessGateway,
  registry,
  metrics: createGatewayMetrics(undefined),
  logger,
  secrets: { open: () => Promise.reject(new Error('the tasks of this benchmark name no secrets')) },
  nudge: (taskId) => temporal.client.workflow.getHandle(taskWorkflowId(taskId)).signal(nudgeSignal),
  onOffence: ({ kind }) => {
    throw new Error(`a simulated agent did something wrong: ${kind}`);
  },
  channels: {},
  onListening: () => undefined,
});

/** Acknowledges and ends each run at once, as `hostname` would. */
function session(agentId: string, name: string): AgentSession {
  const key = { agentId, epoch: 1 };
  const none = { head: Buffer.alloc(0), tail: Buffer.alloc(0), totalBytes: 0 };
  const self: AgentSession = {
    ...key,
    name,
    serial: '',
    notAfterMs: Infinity,
    deliver(commands) {
      for (const { kind, runId, seq } of commands) {
        if (kind !== 'run' || known.has(runId)) continue;
        known.add(runId);
        journal.push(runId);
        const head = Buffer.from(`${name}\n`);
        const now = new Date();
        setImmediate(() => {
          side.writer.acknowledge(self, { ...key, kind, runId, seq });
          side.writer.report(self, {
            ...key,
            runId,
            end: 'succeeded',
            code: resultCodes.normalTermination,
            detail: '',
            exitCode: 0,
            signal: null,
            startedAt: now,
            finishedAt: now,
            stdout: { head, tail: none.tail, totalBytes: head.length },
            stderr: none,
          });
        });
      }
      return { sent: commands.length, gap: false };
    },
    confirm: () => undefined,
    drain: () => undefined,
    close: (end) => logger.error({ agent: name, end }, 'a session in this process was closed'),
  };
  return self;
}
const known = new Set<string>();

/** Rows of machines and agents that are connected here. */
async function enrol(total: number): Promise<void> {
  await transact(database.db, async (tx) => {
    await registerGateway(tx, inProcessGateway, '127.0.0.1:0');
    await sql`
      with made as (
        insert into machine (id, name, address, identity)
        select gen_random_uuid(), 'sim-' || lpad(i::text, 5, '0'), '10.' || i / 65536 || '.' || i / 256 % 256 || '.' || i % 256, gen_random_uuid()
        from generate_series(1, ${total}::int) as i returning id, name)
      insert into agent (id, machine_id, name, serial, public_key_sha256, certificate_expires_at, spool_id, gateway_id, epoch, connected_at)
      select gen_random_uuid(), id, name, md5(name), md5(name), now() + interval '30 days', ${randomUUID()}, ${inProcessGateway}, 1, now()
      from made`.execute(tx);
  });
  await sql`analyze machine, agent`.execute(database.db);
  for (const agent of await database.db.selectFrom('agent').select(['id', 'name']).where('epoch', '=', '1').execute()) {
    if (agent.name.startsWith('sim-')) registry.add(session(agent.id, agent.name));
  }
}

async function beat(): Promise<void> {
  for (;;) {
    await sql`update gateway set heartbeat_at = ledger_now() where id = ${inProcessGateway}`.execute(database.db);
    await sleep(2_000);
  }
}

await enrol(Number(count));
void beat();
side.start();
const worker = createGatewayWorker(
  {
    SIGNALBOX_TEMPORAL_ADDRESS: temporalAddress,
    SIGNALBOX_TEMPORAL_NAMESPACE: 'default',
    SIGNALBOX_GATEWAY_ID: inProcessGateway,
  },
  { activities: side.activities, logger },
);
await worker.start();

const report = (): FleetReport => ({
  connected: registry.size(),
  executed: journal.length,
  distinct: new Set(journal).size,
});
process.on('message', () => process.send?.(report()));
process.on('disconnect', () => process.exit(0));
process.send?.(report());
