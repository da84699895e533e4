import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { cliCommand, durationWord } from './cli-command.ts';

const task = (payload: object, strategy: object = {}) => ({
  title: 'patch it',
  payload: { args: [], env: {}, timeoutMs: 5_400_000, ...payload },
  strategy: { onError: 'continue', ...strategy },
});

/** What a real shell hands to `signalbox` when it is given the command line: its arguments, and standard input. */
function runInShell(commandLine: string): { args: string[]; stdin: string } {
  const stub = `signalbox() { printf '%s\\0' "$@"; printf '\\0\\0'; [ -t 0 ] || cat; }\n`;
  const written = execFileSync('sh', ['-c', stub + commandLine], { input: '', encoding: 'utf8' });
  const at = written.indexOf('\0\0\0');
  return { args: written.slice(0, at).split('\0'), stdin: written.slice(at + 3) };
}

describe('cliCommand', () => {
  it('gives a command word by word, whatever is in it', () => {
    const command = ['bash', '-c', `echo "it's $HOME" && \`id\` \\\n`, '', '中文'];
    const { args } = runInShell(cliCommand(task({ command }), ['web-1', 'web-2']));
    expect(args.slice(0, 4)).toEqual(['task', 'run', '--host', 'web-1,web-2']);
    expect(args.slice(args.indexOf('--') + 1)).toEqual(command);
  });

  it('gives a script byte for byte on standard input, with or without a line break at its end', () => {
    for (const script of [`#!/bin/sh\necho '$x'\nSCRIPT\n`, `printf 'a\\n'`, 'SCRIPT\nSCRIPT_\n\n']) {
      const { args, stdin } = runInShell(cliCommand(task({ script }), undefined));
      expect(stdin).toBe(script);
      expect(args.slice(0, 4)).toEqual(['task', 'run', '--hosts-file', 'hosts.txt']);
      expect(args.slice(args.indexOf('--script'), args.indexOf('--script') + 2)).toEqual(['--script', '-']);
    }
  });

  it('says all that differs from the defaults', () => {
    const payload = {
      script: 'true\n',
      interpreter: 'bash',
      args: ['a b', '-x'],
      env: { A: '1 2', PASSWORD: { secret: 'db-password', id: '0189-id', version: 3 } },
      workDir: '/tmp',
      runAs: 'deploy',
    };
    const { args } = runInShell(cliCommand(task(payload, { concurrency: 5, onError: '10%' }), ['h']));
    const after = (name: string) => args[args.indexOf(name) + 1];
    expect(after('--interpreter')).toBe('bash');
    expect(after('--arg')).toBe('a b');
    expect(args).toContain('--arg=-x');
    expect(after('--env')).toBe('A=1 2');
    expect(after('--env-secret')).toBe('PASSWORD=db-password@3');
    expect(after('--work-dir')).toBe('/tmp');
    expect(after('--run-as')).toBe('deploy');
    expect(after('--timeout')).toBe('1h30m');
    expect(after('--concurrency')).toBe('5');
    expect(after('--on-error')).toBe('10%');
    expect(after('--title')).toBe('patch it');
  });
});

describe('durationWord', () => {
  it('is what the command line reads', () => {
    expect(durationWord(30_000)).toBe('30s');
    expect(durationWord(250)).toBe('250ms');
    expect(durationWord(90_061_001)).toBe('25h1m1s1ms');
  });
});
