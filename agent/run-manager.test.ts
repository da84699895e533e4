import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resultCodes } from '#domain/tasks/result-codes.ts';
import { RunOutcome } from '#proto/gen/agent.ts';
import { eventually } from '#tests/support/eventually.ts';
import { processStartTime, readBootId } from './process-info.ts';
import { makeCommand, makeDataFolder, openTestRuns, type TestRuns, text } from './testing/test-runs.ts';

const script = (lines: string) => ({ script: Buffer.from(lines) });

let folder: Awaited<ReturnType<typeof makeDataFolder>>;
let agents: TestRuns[];
const open = async (options?: Parameters<typeof openTestRuns>[1]) => {
  const agent = await openTestRuns(folder.path, options);
  agents.push(agent);
  return agent;
};
/** Lines that scripts wrote about themselves. */
const journal = () => (existsSync(file('journal')) ? readFileSync(file('journal'), 'utf8').trim().split('\n') : []);
const file = (name: string) => join(folder.path, name);
const soon = { withinMs: 20_000, everyMs: 20 };

beforeEach(async () => {
  folder = await makeDataFolder();
  agents = [];
});
afterEach(async () => {
  for (const agent of agents) agent.abandon();
  await folder.remove();
});

describe('side by side', () => {
  it('runs as many as the limit allows, the rest in the order of their numbers', async () => {
    const agent = await open({ limit: 3 });
    const commands = Array.from({ length: 8 }, (_, index) =>
      makeCommand(script(`echo start ${index} >> ${file('journal')}; until [ -e ${file('go')} ]; do sleep 0.05; done`)),
    );
    for (const command of commands) await agent.runs.accept(command);
    await eventually('three run', () => journal().length === 3, soon);
    expect(journal().toSorted()).toEqual(['start 0', 'start 1', 'start 2']);
    writeFileSync(file('go'), '');
    for (const command of commands) {
      expect(await agent.result(command.run!.runId)).toMatchObject({ outcome: RunOutcome.RUN_OUTCOME_SUCCEEDED });
    }
    expect(journal()).toHaveLength(8);
  });

  it('has a result on disk before it tells of it, and keeps it until it is confirmed', async () => {
    const agent = await open();
    const result = await agent.run(script('echo out'));
    const stored = join(folder.path, 'spool', 'runs', result.run!.runId, 'result');
    expect(existsSync(stored)).toBe(true);
    agent.abandon();
    const again = await open();
    expect(text((await again.result(result.run!.runId)).stdout)).toBe('out\n');
    await again.runs.confirmed([result.run!.runId]);
    expect(existsSync(stored)).toBe(false);
    expect(again.spool.openRuns()).toEqual([]);
  });
});

describe('duplicates', () => {
  it('does not run a command twice: while it runs, when it ended, when it is closed, and after a restart', async () => {
    const agent = await open();
    const command = makeCommand(script(`echo ran >> ${file('journal')}; sleep 0.3`));
    const { runId } = command.run!;
    for (let copies = 0; copies < 3; copies += 1) expect(await agent.runs.accept(command)).toBe('kept');
    await agent.result(runId);
    await agent.runs.accept(command);
    await agent.runs.confirmed([runId]);
    await agent.runs.accept({ ...command, seq: command.seq + 10_000 });
    agent.abandon();
    const again = await open();
    await again.runs.accept(command);
    expect(again.spool.openRuns()).toEqual([]);
    expect(again.spool.lastSeq()).toBeGreaterThanOrEqual(command.seq);
    expect(journal()).toEqual(['ran']);
  });

  it('refuses a run for good whose kill came first, and says so', async () => {
    const agent = await open();
    const command = makeCommand(script(`echo ran >> ${file('journal')}`));
    await agent.runs.kill(command.run!, command.seq + 1);
    expect(await agent.result(command.run!.runId)).toMatchObject({
      outcome: RunOutcome.RUN_OUTCOME_REVOKED,
      code: resultCodes.revokedBeforeStart,
      run: command.run,
    });
    await agent.runs.accept(command);
    agent.abandon();
    const again = await open();
    expect(again.spool.lastSeq()).toBe(command.seq + 1);
    await again.runs.confirmed([command.run!.runId]);
    await again.runs.accept(command);
    expect(await again.run(script('true'))).toMatchObject({ exitCode: 0 });
    expect(journal()).toEqual([]);
  });

  it('refuses a run whose revocation came first, also after a restart', async () => {
    const agent = await open();
    const command = makeCommand(script(`echo ran >> ${file('journal')}`));
    await agent.runs.revoke(command.run!, command.seq + 1);
    agent.abandon();
    const again = await open();
    expect(await again.runs.accept(command)).toBe('kept');
    expect(again.spool.openRuns()).toEqual([]);
    expect(journal()).toEqual([]);
  });
});

describe('kill and revoke', () => {
  it('withdraws a run that waits for its turn', async () => {
    const agent = await open({ limit: 1 });
    const [first, killed, revoked] = [
      makeCommand(script('sleep 1')),
      makeCommand(script('echo no')),
      makeCommand(script('echo no')),
    ];
    for (const command of [first, killed, revoked]) await agent.runs.accept(command);
    await agent.runs.kill(killed.run!, 20_000);
    await agent.runs.revoke(revoked.run!, 20_001);
    for (const command of [killed, revoked]) {
      const result = await agent.result(command.run!.runId);
      expect(result).toMatchObject({ outcome: RunOutcome.RUN_OUTCOME_REVOKED, startedAtMs: 0 });
    }
    expect(await agent.result(first.run!.runId)).toMatchObject({ exitCode: 0 });
  });

  it('lets a run that has started go on when it is revoked', async () => {
    const agent = await open();
    const command = makeCommand(script(`echo ran >> ${file('journal')}; sleep 0.3`));
    await agent.runs.accept(command);
    await eventually('it runs', () => journal().length === 1, soon);
    await agent.runs.revoke(command.run!, 20_000);
    expect(await agent.result(command.run!.runId)).toMatchObject({ exitCode: 0 });
  });

  it('ends a run once, however early and often the kill comes', async () => {
    const agent = await open();
    const ends = new Set<RunOutcome>();
    for (let delayMs = 0; delayMs <= 100; delayMs += 4) {
      const command = makeCommand(script(`sleep 60`));
      await agent.runs.accept(command);
      await sleep(delayMs);
      await agent.runs.kill(command.run!, 20_000);
      await agent.runs.kill(command.run!, 20_000);
      const { outcome } = await agent.result(command.run!.runId);
      ends.add(outcome);
    }
    expect([...ends].toSorted()).toEqual([RunOutcome.RUN_OUTCOME_KILLED, RunOutcome.RUN_OUTCOME_REVOKED]);
  });
});

describe('takeover', () => {
  it('takes over a running script: not killed, not run twice, its result arrives', async () => {
    const first = await open();
    const command = makeCommand(script(`echo ran >> ${file('journal')}; sleep 1.5; echo end`));
    await first.runs.accept(command);
    await eventually('it runs', () => journal().length === 1, soon);
    first.abandon();
    const second = await open();
    const result = await second.result(command.run!.runId);
    expect(result).toMatchObject({ outcome: RunOutcome.RUN_OUTCOME_SUCCEEDED, exitCode: 0 });
    expect(text(result.stdout)).toBe('end\n');
    expect(journal()).toEqual(['ran']);
  });

  it('finds the result of a script that ended while no agent was there, also its time-out', async () => {
    const first = await open();
    const commands = [makeCommand(script('sleep 0.5; exit 4')), makeCommand({ ...script('sleep 60'), timeoutMs: 400 })];
    for (const command of commands) await first.runs.accept(command);
    const exits = commands.map(({ run }) => join(folder.path, 'spool', 'runs', run!.runId, 'exit'));
    await eventually('both started', () => exits.every((exit) => existsSync(join(exit, '..', 'leader'))), soon);
    first.abandon();
    await eventually('both ended', () => exits.every((exit) => existsSync(exit)), soon);
    const second = await open();
    expect(await second.result(commands[0]!.run!.runId)).toMatchObject({ exitCode: 4 });
    expect(await second.result(commands[1]!.run!.runId)).toMatchObject({ outcome: RunOutcome.RUN_OUTCOME_TIMED_OUT });
  });

  it('carries a kill on that the former agent had accepted', async () => {
    const first = await open();
    const command = makeCommand(script(`echo ran >> ${file('journal')}; sleep 60`));
    await first.runs.accept(command);
    await eventually('it runs', () => journal().length === 1, soon);
    await first.spool.requestKill(first.spool.find(command.run!.runId)!, 20_000);
    first.abandon();
    const second = await open();
    expect(await second.result(command.run!.runId)).toMatchObject({ outcome: RunOutcome.RUN_OUTCOME_KILLED });
  });

  it('reports as lost what started and has neither supervisor nor outcome, and never runs it again', async () => {
    const first = await open();
    const command = makeCommand(script(`echo $$ >> ${file('journal')}; exec sleep 60`));
    await first.runs.accept(command);
    await eventually('it runs', () => journal().length === 1, soon);
    first.abandon();
    const started = readFileSync(join(folder.path, 'spool', 'runs', command.run!.runId, 'started'), 'utf8');
    // The supervisor and its helpers; the script has a session of its own.
    process.kill(-Number(started.split(' ')[0]), 'SIGKILL');
    const second = await open();
    expect(await second.result(command.run!.runId)).toMatchObject({
      outcome: RunOutcome.RUN_OUTCOME_LOST,
      code: resultCodes.outcomeUnknown,
    });
    process.kill(Number(journal()[0]), 'SIGKILL');
    await second.runs.confirmed([command.run!.runId]);
    await second.runs.accept(command);
    expect(journal()).toHaveLength(1);
  });

  it('reports as lost what ran before the host was rebooted', async () => {
    const first = await open();
    const command = makeCommand(script(`echo ran >> ${file('journal')}; sleep 1`));
    await first.runs.accept(command);
    await eventually('it runs', () => journal().length === 1, soon);
    first.abandon();
    expect(readBootId()).not.toBe('after-the-reboot');
    const second = await open({ bootId: 'after-the-reboot' });
    expect(await second.result(command.run!.runId)).toMatchObject({ code: resultCodes.hostRebooted });
  });
});

describe('spool', () => {
  it('has a new id after it was wiped, and knows nothing', async () => {
    const first = await open();
    const { id } = first.spool;
    first.abandon();
    expect((await open()).spool.id).toBe(id);
    rmSync(join(folder.path, 'spool'), { recursive: true });
    const second = await open();
    expect(second.spool.id).not.toBe(id);
    expect(second.spool.lastSeq()).toBe(0);
  });

  it('that is wiped while scripts run does not free them of their time-out, and leaves no process behind', async () => {
    const agent = await open();
    const command = makeCommand({ ...script(`echo $$ > ${file('journal')}; sleep 60 & wait`), timeoutMs: 3_000 });
    await agent.runs.accept(command);
    await eventually('it runs', () => journal().length === 1, soon);
    const run = join(folder.path, 'spool', 'runs', command.run!.runId);
    const started = readFileSync(join(run, 'started'), 'utf8');
    // Its supervisor looks for these every 10 ms; before it has read them, it cannot end what it has started.
    await eventually('both are known', () => ['middle', 'leader'].every((name) => existsSync(join(run, name))), soon);
    await sleep(500);
    agent.abandon();
    rmSync(join(folder.path, 'spool'), { recursive: true });
    for (const pid of [journal()[0], started.split(' ')[0]]) {
      await eventually(`${pid} is gone`, () => processStartTime(Number(pid)) === undefined, soon);
    }
  });

  it('does not take a folder name from the server', async () => {
    const agent = await open();
    for (const runId of ['../../escape', '', '..', `a${'/'}b`]) {
      await expect(
        agent.runs.accept(makeCommand({ run: { runId, taskId: randomUUID(), attempt: 1 } })),
      ).rejects.toThrow(/run id/);
    }
  });
});
