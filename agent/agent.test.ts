import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { factsSchema } from '#domain/agents/facts.ts';
import { CommandKind, type RunCommand, RunOutcome } from '#proto/gen/agent.ts';
import { eventually } from '#tests/support/eventually.ts';
import { exitCodes } from './exit-codes.ts';
import { type AgentProcess, startAgentProcess } from './testing/agent-process.ts';
import { type ProtocolServer, startProtocolServer } from './testing/protocol-server.ts';
import { makeCommand, makeDataFolder, text } from './testing/test-runs.ts';

let folder: Awaited<ReturnType<typeof makeDataFolder>>;
let server: ProtocolServer;
let agents: AgentProcess[];
const soon = { withinMs: 30_000, everyMs: 20 };
const file = (name: string) => join(folder.path, name);
const script = (lines: string) => ({ script: Buffer.from(lines) });

const start = (...more: string[]): AgentProcess => {
  const flags = ['--server', server.address, '--data', file('data'), '--name', 'host-1', '--join', server.joinToken];
  const agent = startAgentProcess([...flags, ...more]);
  agents.push(agent);
  return agent;
};
/** A command with the next number of this server. */
let seq: number;
const next = (command: Partial<RunCommand>): RunCommand => makeCommand({ ...command, seq: (seq += 1) });
const runFrame = (command: RunCommand) => ({ $case: 'run' as const, value: command });
const resultOf = (command: RunCommand) =>
  eventually('the result', () => server.results.find(({ run }) => run?.runId === command.run?.runId), soon);

beforeEach(async () => {
  folder = await makeDataFolder();
  server = await startProtocolServer();
  agents = [];
  seq = 0;
});
afterEach(async () => {
  for (const agent of agents) await agent.kill('SIGKILL');
  await server.stop();
  await folder.remove();
});

describe('enrolment', () => {
  it('joins once, keeps its key to itself, and later needs no token', async () => {
    const first = start();
    const { hello } = await server.session();
    expect(server.enrolments[0]).toMatchObject({
      name: 'host-1',
      identity: readFileSync(file('data/identity'), 'utf8').trim(),
    });
    expect(statSync(file('data/tls/agent.key')).mode & 0o777).toBe(0o600);
    expect(await first.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    start('--join', 'nonsense');
    const again = await server.session(2);
    expect(again.hello).toMatchObject({ identity: hello.identity, spoolId: hello.spoolId });
    expect(server.enrolments).toHaveLength(1);
  });

  it('asks the same again, by the same request, when the answer was lost in a crash', async () => {
    server.refusals.push({ code: status.UNAVAILABLE, details: 'the answer got lost' });
    const first = start();
    await eventually('asked', () => server.enrolments.length === 1, soon);
    await first.kill('SIGKILL');
    start();
    await server.session();
    expect(server.enrolments.at(-1)?.csrDer.equals(server.enrolments[0]!.csrDer)).toBe(true);
  });

  it.each([
    [status.UNAUTHENTICATED, 'this join token has been used already', exitCodes.tokenRefused],
    [status.ALREADY_EXISTS, 'another agent has this name', exitCodes.nameTaken],
  ])('ends with a sentence and a code of its own when it is refused (%i)', async (code, details, exitCode) => {
    server.refusals.push({ code, details });
    const agent = start();
    expect(await agent.ended()).toMatchObject({ code: exitCode });
    expect(agent.log()).toContain(details);
  });

  it('talks to no server that lacks the CA of the token', async () => {
    const other = await startProtocolServer();
    try {
      const agent = start('--join', other.joinToken);
      expect(await agent.ended()).toMatchObject({ code: exitCodes.serverNotTrusted });
      expect(server.enrolments).toEqual([]);
    } finally {
      await other.stop();
    }
  });

  it('says what is wrong with its flags, and that a data folder is in use', async () => {
    const wrong = startAgentProcess(['--data', file('data')]);
    expect(await wrong.ended()).toMatchObject({ code: exitCodes.usage });
    expect(wrong.log()).toContain('--server');
    start();
    await server.session();
    const second = start();
    expect(await second.ended()).toMatchObject({ code: exitCodes.dataInUse });
  });
});

describe('certificate', () => {
  it('that expired is renewed before the session, and the new one is kept', async () => {
    server.certificateLivesMs.push(-5_000);
    const first = start();
    // It enrols, finds the certificate expired, renews that, and only then opens a session.
    await server.session();
    expect(server.renewals).toEqual([expect.any(Number)]);
    expect(server.renewals[0]).toBeLessThan(Date.now());
    await first.kill('SIGTERM');
    start();
    await server.session(2);
    expect(server.renewals).toHaveLength(1);
  });

  it('that was revoked ends the agent, without another try', async () => {
    const agent = start();
    const session = await server.session();
    session.fail(status.UNAUTHENTICATED, 'revoked');
    expect(await agent.ended()).toMatchObject({ code: exitCodes.revoked });
    expect(server.sessions).toHaveLength(1);
  });
});

describe('session', () => {
  it('acknowledges after the command is on disk, and reports facts whose hash the server lacks', async () => {
    start();
    const session = await server.session();
    const command = next(script('sleep 60'));
    session.send(runFrame(command));
    const ack = await eventually('the ack', () => server.acks[0], soon);
    expect(ack).toMatchObject({ seq: 1, kind: CommandKind.COMMAND_KIND_RUN, run: command.run });
    expect(existsSync(file(`data/spool/runs/${command.run!.runId}/command`))).toBe(true);
    await eventually('the hash', () => server.facts.length === 1, soon);
    expect(server.facts[0]).toMatchObject({ hash: session.hello.factsHash, json: Buffer.alloc(0) });
    session.send({ $case: 'factsRequest', value: {} });
    const whole = await eventually('the facts', () => server.facts[1], soon);
    expect(factsSchema.parse(JSON.parse(whole.json.toString()))).toMatchObject({ bootId: session.hello.bootId });
    await eventually('it runs', () => existsSync(file(`data/spool/runs/${command.run!.runId}/leader`)), soon);
    session.send({ $case: 'kill', value: { seq: 2, run: command.run } });
    expect(await resultOf(command)).toMatchObject({ outcome: RunOutcome.RUN_OUTCOME_KILLED });
  });

  it('sends a result again over a new connection until it is confirmed', async () => {
    server.confirm = false;
    start();
    const command = next(script('echo once >> ../../../journal; echo out'));
    const session = await server.session();
    session.send(runFrame(command));
    await resultOf(command);
    server.cut();
    const again = await server.session(2);
    expect(again.hello.openRuns).toEqual([command.run]);
    await eventually('sent again', () => server.results.length === 2, soon);
    expect(server.results[1]).toEqual(server.results[0]);
    again.send({ $case: 'resultStored', value: { runIds: [command.run!.runId] } });
    await eventually('forgotten', () => readdirSync(file('data/spool/runs')).length === 0, soon);
    server.cut();
    expect((await server.session(3)).hello).toMatchObject({ openRuns: [], lastSeq: 1 });
  });

  it('asks again for a number that is missing, not for one that is void', async () => {
    start();
    const session = await server.session();
    const commands = [1, 2, 3, 4, 5].map(() => next(script('true')));
    session.send(runFrame(commands[0]!));
    session.send({ $case: 'caughtUp', value: { seq: 2 } });
    session.send(runFrame(commands[2]!));
    await resultOf(commands[2]!);
    expect(server.resyncs).toEqual([]);
    session.send(runFrame(commands[4]!));
    await eventually('a resync', () => server.resyncs.length === 1, soon);
    session.send(runFrame(commands[3]!));
    await resultOf(commands[3]!);
    expect(server.resyncs).toEqual([5]);
  });

  it('lets nothing begin after a restart before the server has caught up with it', async () => {
    start();
    (await server.session()).send(runFrame(next(script('sleep 60'))));
    await eventually('running', () => server.acks.length === 1, soon);
    const withdrawn = Array.from({ length: 9 }, () => next(script(`echo ran >> ${file('journal')}`)));
    // Eight places: one is taken, the ninth of these waits.
    for (const command of withdrawn.slice(0, 8))
      server.sessions[0]!.send(runFrame({ ...command, script: Buffer.from('sleep 60') }));
    server.sessions[0]!.send(runFrame(withdrawn[8]!));
    await eventually('all kept', () => server.acks.length === 10, soon);
    await agents[0]!.kill('SIGKILL');
    server.onSession = () => {};
    start();
    const session = await server.session(2);
    expect(session.hello.openRuns).toHaveLength(10);
    session.send({ $case: 'revoke', value: { seq: 50, run: withdrawn[8]!.run } });
    expect(await resultOf(withdrawn[8]!)).toMatchObject({ outcome: RunOutcome.RUN_OUTCOME_REVOKED });
    session.send({ $case: 'caughtUp', value: { seq: 50 } });
    session.send({ $case: 'kill', value: { seq: 51, run: withdrawn[0]!.run } });
    await resultOf(withdrawn[0]!);
    expect(existsSync(file('journal'))).toBe(false);
    for (const { run } of withdrawn) session.send({ $case: 'kill', value: { seq: 52, run } });
  });

  it('goes to another gateway when one goes away, as told by Drain', async () => {
    start();
    const session = await server.session();
    session.send({ $case: 'drain', value: { reconnectAfterMs: 100 } });
    await server.session(2);
  });

  it('carries 12 MB of output of a script over one session, and stays small', async () => {
    const agent = start();
    const session = await server.session();
    const command = next(
      script('head -c 12000000 /dev/zero | tr "\\0" x; head -c 12000000 /dev/zero | tr "\\0" y >&2'),
    );
    session.send(runFrame(command));
    const result = await resultOf(command);
    expect(result).toMatchObject({ stdout: { totalBytes: 12_000_000 }, stderr: { totalBytes: 12_000_000 } });
    expect(text(result.stderr)).toBe('y'.repeat(65_536));
    expect(await agent.rssBytes()).toBeLessThan(160 * 1024 * 1024);
  });
});

describe('death of the agent', () => {
  it('by kill -9 leaves scripts running; the next one takes them over and reports', async () => {
    const first = start();
    const commands = Array.from({ length: 5 }, (_, index) =>
      next(
        script(
          `echo ran-${index} >> ${file('journal')}; until [ -e ${file('go')} ]; do sleep 0.05; done; echo end-${index}`,
        ),
      ),
    );
    const session = await server.session();
    for (const command of commands) session.send(runFrame(command));
    await eventually(
      'all run',
      () => existsSync(file('journal')) && readFileSync(file('journal'), 'utf8').length === 30,
      soon,
    );
    await first.kill('SIGKILL');
    // One ends while nobody looks.
    server.onSession = (opened) => {
      for (const command of commands) opened.send(runFrame(command));
      opened.send({ $case: 'caughtUp', value: { seq: 5 } });
    };
    writeFileSync(file('go'), '');
    start();
    for (const [index, command] of commands.entries()) {
      const result = await resultOf(command);
      expect(result).toMatchObject({ outcome: RunOutcome.RUN_OUTCOME_SUCCEEDED });
      expect(text(result.stdout)).toBe(`end-${index}\n`);
    }
    expect(readFileSync(file('journal'), 'utf8').trim().split('\n')).toHaveLength(5);
  });

  it('by SIGTERM ends the session and leaves scripts alone', async () => {
    const first = start();
    const command = next(script(`echo ran >> ${file('journal')}; sleep 1; echo end`));
    (await server.session()).send(runFrame(command));
    await eventually('it runs', () => existsSync(file('journal')), soon);
    expect(await first.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    start();
    expect(text((await resultOf(command)).stdout)).toBe('end\n');
  });

  it('and of its spool shows as a new spool id', async () => {
    const first = start();
    const { hello } = await server.session();
    await first.kill('SIGKILL');
    rmSync(file('data/spool'), { recursive: true });
    start();
    const again = await server.session(2);
    expect(again.hello.spoolId).not.toBe(hello.spoolId);
    expect(again.hello).toMatchObject({ identity: hello.identity, lastSeq: 0, openRuns: [] });
  });
});
