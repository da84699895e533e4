import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { startBenchPlatform } from './bench-platform.ts';
import { startFleet } from './fleet.ts';
import { openTaskClock } from './task-clock.ts';
import { createUsageMeter } from './process-usage.ts';
const hosts = Number(process.argv[2]);
const conc = Number(process.argv[3] ?? hosts);
const platform = await startBenchPlatform(
  process.argv[4] ? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=/tmp/prof` } : {},
);
const fleet = await startFleet(platform, hosts);
console.error('connected', fleet.connectSeconds);
await platform.api.post('/api/v1/nodes', { path: 'b.f' });
for (let i = 0; i < hosts; i += 1000)
  await platform.api.post('/api/v1/nodes/b.f/bind', { machines: fleet.names.slice(i, i + 1000) });
const clock = await openTaskClock(platform, { withinMs: 120000 });
const input = { target: { node: 'b.f' }, command: ['hostname'], strategy: { concurrency: conc } };
const roles = platform.pids();
const meter = createUsageMeter({ ...roles, sim: fleet.pid });
const url = new URL(platform.database.pool.options.connectionString!);
const admin = new pg.Client({
  host: '127.0.0.1',
  port: Number(url.port),
  user: 'postgres',
  password: readFileSync(join(platform.data, 'keys/postgres-admin-password'), 'utf8').trim(),
  database: 'postgres',
});
await admin.connect();
meter.reset();
for (let i = 0; i < 2; i++) console.error((await clock.run(input)).seconds);
console.error(
  meter
    .read()
    .map((p) => `${p.role} ${p.cpuSeconds}`)
    .join(', '),
);
if (process.argv[5])
  for (const s of [
    "session_preload_libraries = 'auto_explain'",
    'auto_explain.log_min_duration = 150',
    'auto_explain.log_analyze = on',
    'auto_explain.log_parameter_max_length = 0',
    'auto_explain.log_timing = off',
  ]) {
    await admin.query('alter system set ' + s).catch((e) => console.error(String(e)));
    if (s.startsWith('session')) await admin.query("load 'auto_explain'");
  }
await admin.query(`alter system set log_min_duration_statement = 0`);
await admin.query(`alter system set log_parameter_max_length = 0`);
await admin.query('select pg_reload_conf()');
await new Promise((r) => setTimeout(r, process.argv[5] ? 15000 : 500));
meter.reset();
if (process.argv[5]) {
  platform.kill('worker');
  await new Promise((r) => setTimeout(r, 12000));
}
const t = await clock.run(input);
console.error('logged', t.seconds, t.submitSeconds);
console.error(
  meter
    .read()
    .map((p) => `${p.role} ${p.cpuSeconds}`)
    .join(', '),
);
await admin.query(`alter system reset log_min_duration_statement`);
await admin.query('select pg_reload_conf()');
writeFileSync('/tmp/prof/pg.log', readFileSync(join(platform.data, 'logs/postgres.log')));
await admin.end();
await clock.close();
await fleet.stop();
await platform.interrupt();
await platform.remove();
