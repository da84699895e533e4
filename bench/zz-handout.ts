import pg from 'pg';
import { startTestPostgres } from '#tests/support/postgres.ts';
import { openDatabase } from '#db/database.ts';
import { migrate } from '#db/migrate.ts';
import { readFileSync, readdirSync } from 'node:fs';
import { advanceTask } from '#db/tasks/advance-task.repository.ts';
import { storeAcknowledgements, storeReports } from '#db/tasks/report.repository.ts';
const server = await startTestPostgres({ fsync: true });
import type {} from 'pg';
const { db, pool, close } = openDatabase(server.url('postgres'), { max: 1 });
await migrate(db);
const {
  rows: [{ pid }],
} = await pool.query('select pg_backend_pid() as pid');
const cpu = () => {
  const s = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const f = s.slice(s.lastIndexOf(')') + 2).split(' ');
  return (Number(f[11]) + Number(f[12])) / 100;
};
const N = Number(process.argv[2]);
await pool.query(`insert into "user" (id, name, email) values ('u', 'u', 'u@x')`);
await pool.query(`insert into gateway (id, address) values ('g', 'g')`);
await pool.query(
  `insert into machine (id, name, identity) select gen_random_uuid(), 'sim-' || lpad(g::text, 4, '0'), gen_random_uuid() from generate_series(1, ${N}) g`,
);
await pool.query(
  `insert into agent (id, machine_id, name, serial, certificate_expires_at, public_key_sha256, gateway_id, epoch) select gen_random_uuid(), id, name, name, now(), 'x', 'g', 1 from machine`,
);
if (process.argv[3] === 'small') {
  // many small tasks, analysed: few rows per task expected
  await pool.query(
    `insert into task (id, title, state, payload, strategy, requester_id, requester_name, counts) select gen_random_uuid(), 't', 'succeeded', '{}', '{}', 'u', 'u', '{}' from generate_series(1, 3000)`,
  );
  await pool.query(
    `insert into host_run (task_id, ord, host, machine_id, agent_id, state) select t.id, m.ord, m.name, m.id, a.id, 'succeeded' from task t cross join (select *, row_number() over () as ord from machine limit 3) m join agent a on a.machine_id = m.id`,
  );
}
if (process.argv[3]) await pool.query('analyze');
const timed = async (name: string, f: () => Promise<unknown>) => {
  const b = cpu();
  const t = performance.now();
  await f();
  return `${name} cpu ${(cpu() - b).toFixed(2)} wall ${((performance.now() - t) / 1000).toFixed(2)}`;
};
for (let i = 0; i < 3; i++) {
  const id = crypto.randomUUID();
  await pool.query(
    `insert into task (id, title, state, payload, strategy, requester_id, requester_name, counts) values ($1, 't', 'running', '{}', '{"onError":"continue"}', 'u', 'u', '{}')`,
    [id],
  );
  await pool.query(
    `insert into host_run (task_id, ord, host, machine_id, agent_id, state) select '${id}', row_number() over (order by m.name), m.name, m.id, a.id, 'ready' from machine m join agent a on a.machine_id = m.id`,
  );
  const out: string[] = [];
  out.push(await timed('advance1', () => advanceTask(db, { taskId: id, step: 1, leaseMs: 300000 })));
  out.push(await timed('advance2', () => advanceTask(db, { taskId: id, step: 2, leaseMs: 300000 })));
  const runs = (await pool.query('select id, seq, agent_id from host_run where task_id = $1', [id])).rows as {
    id: string;
    seq: string;
    agent_id: string;
  }[];
  const empty = { head: Buffer.alloc(0), tail: Buffer.alloc(0), totalBytes: 0 };
  out.push(
    await timed('acks', async () => {
      for (let k = 0; k < N; k += 500)
        await db
          .transaction()
          .execute((tx) =>
            storeAcknowledgements(
              tx,
              'g',
              runs
                .slice(k, k + 500)
                .map((r) => ({
                  kind: 'run' as const,
                  runId: r.id,
                  seq: Number(r.seq),
                  agentId: r.agent_id,
                  epoch: 1,
                })) as never,
            ),
          );
    }),
  );
  out.push(
    await timed('reports', async () => {
      for (let k = 0; k < N; k += 500)
        await db
          .transaction()
          .execute((tx) =>
            storeReports(
              tx,
              'g',
              runs
                .slice(k, k + 500)
                .map((r) => ({
                  runId: r.id,
                  agentId: r.agent_id,
                  epoch: 1,
                  end: 'succeeded',
                  code: 2,
                  reason: '',
                  exitCode: 0,
                  signal: null,
                  startedAt: new Date(),
                  finishedAt: new Date(),
                  stdout: { head: Buffer.from('sim-0001\n'), tail: Buffer.alloc(0), totalBytes: 9 },
                  stderr: empty,
                })) as never,
            ),
          );
    }),
  );
  out.push(await timed('advance3', () => advanceTask(db, { taskId: id, step: 3, leaseMs: 300000 })));
  console.log(out.join(' | '));
}
await close();
await server.remove();
