import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContext } from './context.ts';
import { createProgram } from '../program.ts';
import { runCliHere } from '../testing/run-cli.ts';
import { rooms } from '../rooms.ts';
import { complete } from './complete.ts';

const sink = { write: () => true, once: () => undefined };
const program = createProgram(
  createContext({
    io: {
      env: {},
      cwd: '/',
      stdin: process.stdin,
      stdout: sink,
      stderr: sink,
      interrupted: new AbortController().signal,
    },
    passthrough: undefined,
    setExitCode: () => undefined,
  }),
);

async function candidates(...words: string[]): Promise<{ values: string[]; asked: [string, string][] }> {
  const asked: [string, string][] = [];
  const found = await complete(program, rooms, words, (things, typed) => {
    asked.push([things, typed]);
    return Promise.resolve([{ value: 'infra.web' }, { value: 'web-1' }, { value: 'web-2' }]);
  });
  return { values: found.map(({ value }) => value), asked };
}

describe('completion', () => {
  it('knows nouns, verbs, options and their values', async () => {
    expect((await candidates('ta')).values).toEqual(['task']);
    expect((await candidates('task', 're')).values).toEqual(['retry-failed']);
    expect((await candidates('task', 'run', '--wo')).values).toEqual(['--work-dir']);
    expect((await candidates('task', 'list', '-o', 'j')).values).toEqual(['json', 'jsonl']);
    expect((await candidates('user', 'create', 'bob', '--role', 'v')).values).toEqual(['viewer']);
    expect((await candidates('completion', '')).values).toEqual(['bash', 'zsh', 'fish']);
    expect((await candidates('')).values).not.toContain('__complete');
  });

  it('asks the platform where a name of it is due', async () => {
    expect(await candidates('task', 'run', '--node', 'in')).toEqual({
      values: ['infra.web'],
      asked: [['nodes', 'in']],
    });
    expect(await candidates('node', 'bind', 'infra.web', 'web-1', 'web-')).toMatchObject({
      asked: [['hosts', 'web-']],
    });
    expect((await candidates('task', 'run', '--host', 'web-1,w')).values).toEqual(['web-1,web-1', 'web-1,web-2']);
    expect(await candidates('task', 'output', '')).toMatchObject({ asked: [['tasks', '']] });
    expect(await candidates('ticket', 'approve', '')).toMatchObject({ asked: [['tickets', '']] });
    expect(await candidates('script', 'get', 'w')).toMatchObject({ asked: [['scripts', 'w']] });
    expect(await candidates('task', 'run', '--library', 'w')).toMatchObject({ asked: [['scripts', 'w']] });
    expect(await candidates('audit', 'list', '--action', 'task.')).toMatchObject({
      asked: [['audit-actions', 'task.']],
    });
    expect(await candidates('node', 'policy', 'x', '--approver', 'a')).toMatchObject({ asked: [['users', 'a']] });
    expect((await candidates('node', 'policy', 'x', '--mode', 't')).values).toEqual(['ticket']);
    expect((await candidates('task', 'list', '--state', 'aw')).values).toEqual(['awaiting-approval']);
  });

  it('leaves what follows -- and the names of files alone', async () => {
    expect((await candidates('task', 'run', '--node', 'x', '--', 'ba')).values).toEqual([]);
    expect(await candidates('task', 'run', '--script', '')).toEqual({ values: [], asked: [] });
  });
});

describe('completion in bash', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'signalbox-completion-'));
    symlinkSync(join(import.meta.dirname, '..', 'signalbox.mjs'), join(folder, 'signalbox'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('fills in what is being typed', async () => {
    const { stdout: script } = await runCliHere(['completion', 'bash']);
    const probe = `${script}
COMP_WORDS=(signalbox task pa); COMP_CWORD=2; _signalbox; printf '<%s>' "\${COMPREPLY[@]}"`;
    const printed = execFileSync('bash', ['-c', probe], {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${folder}:${process.env['PATH']}`, SIGNALBOX_DATA: folder },
    });
    expect(printed).toBe('<pause>');
  });
});
