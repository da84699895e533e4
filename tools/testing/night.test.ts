import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { environmentOf, isNight, nightFiles } from './night.ts';

it('finds the files of the night by their name, wherever they are', () => {
  const checkout = mkdtempSync(join(tmpdir(), 'signalbox-night-'));
  const ours = ['domain/a/rule.night.test.ts', 'tests/chaos/b.night.test.ts'];
  const others = ['domain/a/rule.test.ts', 'domain/night.test.ts', 'node_modules/x/c.night.test.ts'];
  try {
    for (const path of [...ours, ...others].map((file) => join(checkout, file))) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, '');
    }
    expect(nightFiles(checkout)).toEqual(ours);
  } finally {
    rmSync(checkout, { recursive: true });
  }
});

it('is told to the tests by their environment', () => {
  expect([environmentOf(true), environmentOf(false), {}].map(isNight)).toEqual([true, false, false]);
});
