import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installCommand, installForms, isLoopback } from './install-command.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'install-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** The words that a shell gives to the program which the command starts. */
function wordsSeen(command: string): string[] {
  const program = `npx() { for word in "$@"; do printf '%s\\0' "$word"; done; }; node() { npx "$@"; }\n`;
  const told = execFileSync('/bin/sh', ['-c', program + command], { cwd: folder, encoding: 'utf8' });
  return told.split('\0').slice(0, -1);
}

const plain = { server: 'box.example:7381', token: 'sbj_1.a_b-c.0f', data: '/var/lib/signalbox-agent', name: '' };

describe('the command that installs an agent', () => {
  it('is the one of the manual', () => {
    expect(wordsSeen(installCommand('npx', plain))).toEqual(
      'signalbox agent run --join sbj_1.a_b-c.0f --server box.example:7381 --data /var/lib/signalbox-agent'.split(' '),
    );
  });

  it('names the agent where a name is given', () => {
    expect(wordsSeen(installCommand('npx', { ...plain, name: 'web-1' })).slice(-2)).toEqual(['--name', 'web-1']);
  });

  it('keeps the token out of the list of processes where it is in a file, which only its owner reads', () => {
    for (const form of ['joinFile', 'packed'] as const) {
      const words = wordsSeen(installCommand(form, plain));
      expect(words.join(' ')).not.toContain(plain.token);
      const file = join(folder, words[words.indexOf('--join-file') + 1] ?? '');
      expect(readFileSync(file, 'utf8')).toBe(`${plain.token}\n`);
      expect(statSync(file).mode & 0o077).toBe(0);
      rmSync(file);
    }
  });

  it.each(installForms)('gives what is in the fields as one word each, whatever it is (%s)', (form) => {
    const hostile = `it's; touch pwned #$(touch pwned)\`touch pwned\``;
    const words = wordsSeen(installCommand(form, { ...plain, server: hostile, data: hostile, name: hostile }));
    expect(words.filter((word) => word === hostile)).toHaveLength(3);
    expect(() => statSync(join(folder, 'pwned'))).toThrow();
  });
});

describe('an address that only its own machine reaches', () => {
  it('is told from others', () => {
    expect(['127.0.0.1:7381', 'localhost:7381', '[::1]:7381', '127.0.0.1:1,localhost:2'].map(isLoopback)).toEqual(
      Array.from({ length: 4 }, () => true),
    );
    expect(['10.0.0.1:7381', 'localhost.example:7381', '127.0.0.1:1,box:2'].map(isLoopback)).toEqual([
      false,
      false,
      false,
    ]);
  });
});
