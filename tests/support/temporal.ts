import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { searchAttributeTypes } from '#domain/durables.ts';
import { temporalBinary } from '#tools/ensure/temporal.ts';
import { temporalTestServer } from '#tools/ensure/temporal-test-server.ts';
import { registerSearchAttributes } from '#workers/register-search-attributes.ts';
import { eventually } from './eventually.ts';
import { freePort, traversableTemp } from './postgres.ts';

/** A real Temporal dev server of a test's own, with its state in a file. */
export interface TestTemporal {
  readonly address: string;
  /** kill -9. */
  crash(): Promise<void>;
  /** Starts again on the same file and port. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

export async function startTestTemporal(): Promise<TestTemporal> {
  const binary = await temporalBinary();
  const root = traversableTemp('signalbox-test-temporal-');
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  let server: ChildProcess | undefined;

  async function start(): Promise<void> {
    server = spawn(
      binary,
      // prettier-ignore
      ['server', 'start-dev', '--headless', '--db-filename', join(root, 'temporal.db'), '--ip', '127.0.0.1', '--port', String(port),
       '--log-level', 'error', '--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL',
       ...Object.entries(searchAttributeTypes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`])],
      { cwd: root, detached: true, stdio: 'ignore' },
    );
    for (let tries = 0; ; tries++) {
      try {
        const connection = await Connection.connect({ address, connectTimeout: 500 });
        await connection.workflowService.describeNamespace({ namespace: 'default' });
        await connection.close();
        return;
      } catch (error) {
        if (tries > 200) throw error;
        await sleep(100);
      }
    }
  }

  async function crash(): Promise<void> {
    const running = server;
    server = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await gone;
  }

  await start();
  return {
    address,
    start,
    crash,
    async remove() {
      await crash();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** The time-skipping server (no schedules, no visibility): a 30-day timer takes a second. */
export async function startTimeSkipping(): Promise<TestWorkflowEnvironment> {
  const path = await temporalTestServer();
  const server = { executable: { type: 'existing-path', path } } as const;
  // The SDK gives it five seconds, which a Java process on a busy machine may not do at first.
  const environment = await eventually(
    'the time-skipping server starts',
    () => TestWorkflowEnvironment.createTimeSkipping({ server }),
    { withinMs: 60_000 },
  );
  await registerSearchAttributes(environment.connection, 'default');
  return environment;
}
