import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '#tests/support/eventually.ts';
import { startAgentProcess } from './testing/agent-process.ts';
import { startProtocolServer } from './testing/protocol-server.ts';
import { makeCommand, makeDataFolder, text } from './testing/test-runs.ts';

const mib = 1024 * 1024;

let folder: Awaited<ReturnType<typeof makeDataFolder>>;
beforeAll(async () => {
  folder = await makeDataFolder();
  const builder = join(import.meta.dirname, '..', 'tools', 'build-agent.ts');
  execFileSync(process.execPath, [builder, join(folder.path, 'dist')]);
});
afterAll(() => folder.remove());

it('runs scripts with nothing installed, and takes at most 80 MiB while idle', async () => {
  const server = await startProtocolServer();
  const program = join(folder.path, 'dist', 'agent.mjs');
  const flags = [
    '--server',
    server.address,
    '--data',
    join(folder.path, 'data'),
    '--name',
    'host',
    '--join',
    server.joinToken,
  ];
  const first = startAgentProcess(flags, program);
  let second: ReturnType<typeof startAgentProcess> | undefined;
  try {
    const joined = await server.session();
    const enrolledRss = await first.rssBytes();
    await first.kill('SIGTERM');
    second = startAgentProcess(flags, program);
    const session = await server.session(2);
    expect(session.hello.spoolId).toBe(joined.hello.spoolId);
    await sleep(2_000);
    const idleRss = await second.rssBytes();
    const command = makeCommand({ seq: 1, command: ['bash', '-c', 'echo $((6 * 7))'] });
    session.send({ $case: 'run', value: command });
    const result = await eventually('the result', () => server.results[0], { withinMs: 30_000, everyMs: 20 });
    expect(text(result.stdout)).toBe('42\n');
    console.info(
      `agent RSS: idle ${(idleRss / mib).toFixed(1)} MiB, right after enrolment ${(enrolledRss / mib).toFixed(1)} MiB`,
    );
    expect(idleRss).toBeLessThanOrEqual(80 * mib);
    expect(enrolledRss).toBeLessThanOrEqual(90 * mib);
  } finally {
    await first.kill('SIGKILL');
    await second?.kill('SIGKILL');
    await server.stop();
  }
});
