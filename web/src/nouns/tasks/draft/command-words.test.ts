import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { shellOnlyWords, splitCommand } from './command-words.ts';
import { shellQuote } from '#web/lib/shell-quote.ts';

const awkward = [
  ...[
    'df',
    '',
    ' ',
    '-h',
    '--',
    '=x',
    '~',
    '~root',
    '*',
    '$HOME',
    '`id`',
    '!!',
    '{a,b}',
    'a b',
    "it's",
    '"',
    '\\',
    '\\\\',
  ],
  ...[
    '\n',
    'two\nlines',
    '\t',
    '#no',
    'a#b',
    '磁盘',
    '😀',
    'a=b',
    '(x)',
    'x;y',
    'x&y',
    "''",
    '$(id)',
    '%s',
    '@1',
    '[a]',
    '?',
  ],
];

describe('command words', () => {
  it('reads back whatever was quoted', () => {
    expect(splitCommand(awkward.map(shellQuote).join(' '))).toEqual({ words: awkward });
  });

  it('splits like a shell', () => {
    const line = String.raw`bash -c 'echo "a b"' "c \"d\" \x" e\ f''g "" tail`;
    expect(splitCommand(line)).toEqual({ words: wordsOfShell(line) });
    expect(splitCommand(line).words).toHaveLength(7);
  });

  it('says why a line has no words', () => {
    expect(splitCommand("echo 'x")).toEqual({ fault: 'unclosed-quote' });
    expect(splitCommand('echo \\')).toEqual({ fault: 'trailing-backslash' });
    expect(splitCommand('  ')).toEqual({ words: [] });
  });

  it('notices what only a shell understands, unless it is quoted', () => {
    expect(shellOnlyWords('df -h | tail -1 && echo $HOME > out; ls *')).toEqual(['|', '&&', '$HOME', '>', 'out;', '*']);
    expect(shellOnlyWords(`bash -c 'df | tail' "a && b" --limit=3 a\\*b`)).toEqual([]);
  });
});

describe('shell quoting', () => {
  it.each(['sh', 'bash'])('gives %s exactly the words', (shell) => {
    expect(wordsOfShell(awkward.map(shellQuote).join(' '), shell)).toEqual(awkward);
  });

  it('leaves plain words alone', () => {
    const plain = ['web-1', 'infra.web', '/usr/bin/id', 'a@3', '10%', 'A=1', 'x,y', '2026-11-21T10:00:00.000Z'];
    expect(plain.map(shellQuote)).toEqual(plain);
  });
});

function wordsOfShell(line: string, shell = 'bash'): string[] {
  const run = spawnSync(shell, ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
  return run.stdout.split('\0').slice(0, -1);
}
