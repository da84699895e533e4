import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isAlive } from '#processes/supervisor/process-identity.ts';
import { readProcessTable, type ProcessRow } from '#processes/supervisor/process-table.ts';
import { labFolder } from './lab-folder.ts';

const data = mkdtempSync(join(tmpdir(), 'signalbox-lab-'));
const folder = labFolder(data);
const patience = { timeout: 20_000, interval: 50 };

interface Run {
  readonly process: ChildProcess;
  out(): string;
  said(): string;
  readonly ended: Promise<number | null>;
}

function lab(...args: string[]): Run {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'testing', 'made-up-lab-process.ts'), ...args], {
    env: { ...process.env, SIGNALBOX_DATA: data },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, said] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { process: child, out: () => out, said: () => said, ended };
}

async function finished(...args: string[]): Promise<{ code: number | null; out: string; said: string }> {
  const run = lab(...args);
  return { code: await run.ended, out: run.out(), said: run.said() };
}

const rows = (): ProcessRow[] => readProcessTable(folder.processes);
const pids = () => Object.fromEntries(rows().map(({ role, pid }) => [role, pid]));
const journal = () =>
  readFileSync(join(folder.root, 'pair', 'journal.txt'), 'utf8')
    .trim()
    .split('\n');

function kill(role: string): ProcessRow {
  const row = rows().find((one) => one.role === role);
  if (!row) throw new Error(`no process plays ${role}`);
  process.kill(row.pid, 'SIGKILL');
  return row;
}

afterAll(async () => {
  await finished('--stop');
  rmSync(data, { recursive: true, force: true });
});

describe('npm run lab, on wrong words', () => {
  it.each([
    [['nothing'], 'The lab has no part nothing. Its parts: pair, mute, absent.'],
    [['--now'], "Unknown option '--now'"],
    [['pair', '-o', 'yaml'], '-o takes text or json; got yaml.'],
    [['--detach'], '--detach needs to know which parts: pair, mute, absent.'],
    [['--stop', '--detach'], 'only one of them'],
  ])('refuses %j and says what there is', async (args, message) => {
    const { code, out, said } = await finished(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(said).toContain(message);
    expect(said).toContain('npm run lab -- PART…');
  });
});

describe('npm run lab, in the background', () => {
  let addresses: string[];

  beforeAll(async () => {
    const { code, out, said } = await finished('pair', '--detach', '-o', 'json');
    expect(code, said).toBe(0);
    const answer = JSON.parse(out) as { pair: string[] };
    expect(Object.keys(answer)).toEqual(['pair']);
    addresses = answer.pair;
  });

  it('has started all of a part, which answers', async () => {
    const answers = await Promise.all(addresses.map(async (address) => (await fetch(address)).text()));
    expect(answers).toEqual(['pair-1', 'pair-2']);
    const { code, out } = await finished();
    expect(code).toBe(0);
    expect(out).toMatch(/pair-1 +runs +http:.*\n +pair-2 +runs[\s\S]*mute +not started/);
  });

  it('a second time says that it runs, with the same addresses, also where two ask at once', async () => {
    const before = pids();
    for (const again of await Promise.all([
      finished('pair', '-o', 'json'),
      finished('pair', '--detach', '-o', 'json'),
    ])) {
      expect(again).toMatchObject({ code: 0, out: `${JSON.stringify({ pair: addresses })}\n` });
      expect(again.said).toContain('pair runs already');
    }
    expect(pids()).toEqual(before);
  });

  it('says what was killed, and brings back that alone on its old port', async () => {
    const before = pids();
    const killed = kill('pair-1');
    await expect.poll(() => isAlive(killed), patience).toBe(false);
    const seen = await finished();
    expect(seen.code).toBe(0);
    expect(seen.out).toMatch(new RegExp(`pair-1 +died +pid ${killed.pid} is gone`));
    expect(seen.said).toContain('npm run lab -- pair --detach');
    expect(await finished('-o', 'json')).toMatchObject({ code: 0, out: '{}\n' });

    const [one, two] = await Promise.all([1, 2].map(() => finished('pair', '--detach', '-o', 'json')));
    for (const again of [one, two])
      expect(again).toMatchObject({ code: 0, out: `${JSON.stringify({ pair: addresses })}\n` });
    expect(pids()['pair-2']).toBe(before['pair-2']);
    expect(pids()['pair-1']).not.toBe(killed.pid);
    expect(rows().every(isAlive)).toBe(true);
  });

  it('does not take one that stands still for one that runs', async () => {
    const stopped = rows().find(({ role }) => role === 'pair-2');
    process.kill(stopped?.pid ?? 0, 'SIGSTOP');
    const seen = await finished();
    expect(seen.out).toMatch(/pair-2 +does not answer/);
    expect(seen.said).toContain('npm run lab -- --stop pair ends');
    const again = await finished('pair', '--detach');
    expect(again).toMatchObject({ code: 1, out: '' });
    expect(again.said).toMatch(/pair-2 was not ready within 5 s[\s\S]*Next step: npm run lab -- --stop pair/);
    process.kill(stopped?.pid ?? 0, 'SIGCONT');
    await expect.poll(async () => (await finished('-o', 'json')).out, patience).toContain('pair');
  });

  it('starts nothing where a part cannot be had, and leaves nothing where one does not come up', async () => {
    expect(await finished('--stop')).toMatchObject({ code: 0, out: '' });
    const absent = await finished('pair', 'absent', '--detach');
    expect(absent).toMatchObject({ code: 1, out: '' });
    expect(absent.said).toContain('Next step: buy one.');
    expect(rows()).toEqual([]);
    const mute = await finished('pair', 'mute', '--detach');
    expect(mute).toMatchObject({ code: 1, out: '' });
    expect(mute.said).toContain('mute was not ready within 1 s');
    expect(rows()).toEqual([]);
    await Promise.all(addresses.map((address) => expect(fetch(address)).rejects.toThrow()));
  });

  it('stops in the reverse order, and has nothing to stop then', async () => {
    await finished('pair', '--detach');
    const running = rows();
    const stopped = await finished('--stop');
    expect(stopped.code).toBe(0);
    expect(running.filter(isAlive)).toEqual([]);
    expect(journal().slice(-4)).toEqual(['start pair-1', 'start pair-2', 'stop pair-2', 'stop pair-1']);
    expect((await finished('--stop')).said).toContain('Nothing of it runs');
  });
});

describe('npm run lab, in the foreground', () => {
  let run: Run;

  async function start(): Promise<ProcessRow[]> {
    run = lab('pair', '-o', 'json');
    await expect.poll(() => run.said(), patience).toContain('Ctrl-C ends pair-1, pair-2.');
    return rows();
  }
  afterEach(() => void run.process.kill('SIGKILL'));

  it('ends all in order on Ctrl-C, which npm may hand on twice', async () => {
    const running = await start();
    run.process.kill('SIGINT');
    run.process.kill('SIGINT');
    expect(await run.ended).toBe(0);
    expect(Object.keys(JSON.parse(run.out()) as object)).toEqual(['pair']);
    expect(running.filter(isAlive)).toEqual([]);
    expect(rows()).toEqual([]);
    expect(journal().slice(-2)).toEqual(['stop pair-2', 'stop pair-1']);
  });

  it('ends by itself when it is stopped from elsewhere', async () => {
    await start();
    await finished('--stop');
    expect(await run.ended).toBe(0);
  });

  it('says what died, and ends what is left', async () => {
    const running = await start();
    kill('pair-1');
    await expect.poll(() => run.said(), patience).toContain('pair-1 was ended by SIGKILL');
    run.process.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    expect(running.filter(isAlive)).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'leaves after its kill -9 what --stop finds, written down or not',
    async () => {
      const running = await start();
      run.process.kill('SIGKILL');
      await run.ended;
      expect(running.every(isAlive)).toBe(true);
      rmSync(folder.processes);
      expect((await finished('pair')).said).toContain('pair runs already');
      expect((await finished('--stop', 'pair')).code).toBe(0);
      expect(running.filter(isAlive)).toEqual([]);
    },
  );
});
