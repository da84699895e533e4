import pg from 'pg';
import { startTestPostgres } from '#tests/support/postgres.ts';
import { openDatabase } from '#db/database.ts';
import { migrate } from '#db/migrate.ts';
import { readFileSync, readdirSync } from 'node:fs';
const server = await startTestPostgres({ fsync: true });
const handle = openDatabase(server.url('postgres'));
await migrate(handle.db); await handle.close();
const c = new pg.Client({ connectionString: server.url('postgres') }); await c.connect();
const { rows: [{ pid }] } = await c.query('select pg_backend_pid() as pid');
const cpu = () => { const s = readFileSync(`/proc/${pid}/stat`, 'utf8'); const f = s.slice(s.lastIndexOf(')') + 2).split(' '); return (Number(f[11]) + Number(f[12])) / 100; };
await c.query(`insert into "user" (id, name, email) values ('u', 'u', 'u@x')`);
await c.query(`insert into machine (id, name, identity) select gen_random_uuid(), 'sim-' || lpad(g::text, 4, '0'), gen_random_uuid() from generate_series(1, 5000) g`);
await c.query(`insert into agent (id, machine_id, name, serial, certificate_expires_at, public_key_sha256) select gen_random_uuid(), id, name, name, now(), 'x' from machine`);
async function round() {
  const id = crypto.randomUUID();
  await c.query(`insert into task (id, title, state, payload, strategy, requester_id, requester_name, counts) values ($1, 't', 'running', '{}', '{}', 'u', 'u', '{}')`, [id]);
  const steps: [string, string][] = [
    ['insert', `insert into host_run (task_id, ord, host, machine_id, agent_id, state) select '${id}', row_number() over (order by m.name), m.name, m.id, a.id, 'ready' from machine m join agent a on a.machine_id = m.id`],
    ['dispatch', `update host_run set state = 'dispatched', seq = 1, dispatched_at = now() where task_id = '${id}'`],
    ['ack', `update host_run set state = 'running', acked_at = now() where task_id = '${id}'`],
    ['end', `update host_run set state = 'succeeded', code = 2, reported_at = now() where task_id = '${id}'`],
  ];
  const out: string[] = [];
  for (const [name, q] of steps) { const b = cpu(); await c.query(q); out.push(`${name} ${(cpu() - b).toFixed(2)}`); }
  return out.join('  ');
}
const drops = process.argv.slice(2);
for (let i = 0; i < 3; i++) console.log('all indexes   ', await round());
for (const d of drops) { await c.query(`drop index ${d}`); await c.query('vacuum analyze host_run'); for (let i = 0; i < 2; i++) console.log('without', d, await round()); }
await c.end(); await server.remove();
