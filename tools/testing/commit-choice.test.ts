import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chosenBy, commitOf } from './commit-choice.ts';

const list = ['a', 'b', 'c', 'd', 'e'];

describe('chosenBy', () => {
  it('chooses the same for the same commit, wherever that is', () => {
    // Written down: a change of these is a change of what every commit's gate runs.
    const commit = '8fe0841000000000000000000000000000000000';
    expect([chosenBy(commit, 'file', list), chosenBy(commit, 'seed', list)]).toEqual(['c', 'b']);
    expect(chosenBy('no-commit', 'file', list)).toBe('c');
    expect(chosenBy(commit, 'file', [])).toBeUndefined();
  });

  it('leaves nothing out over many commits', () => {
    const counts = new Map<string | undefined, number>();
    for (let n = 0; n < 1_000; n++) {
      const one = chosenBy(n.toString(16).padStart(40, '0'), 'file', list);
      counts.set(one, (counts.get(one) ?? 0) + 1);
    }
    expect([...counts.keys()].toSorted()).toEqual(list);
    expect(Math.min(...counts.values())).toBeGreaterThan(150);
  });
});

describe('commitOf', () => {
  it('is the id that git has, and a plain word where there is no git', () => {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-commit-'));
    const git = (...args: string[]) => spawnSync('git', args, { cwd: folder, encoding: 'utf8' }).stdout.trim();
    try {
      expect(commitOf(folder)).toBe('no-commit');
      git('init', '--quiet');
      expect(commitOf(folder)).toBe('no-commit');
      git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--allow-empty', '-m', 'one');
      expect(commitOf(folder)).toBe(git('rev-parse', 'HEAD'));
      expect(commitOf(folder)).toHaveLength(40);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
