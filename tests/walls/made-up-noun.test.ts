import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { files, type Line, namesLines, partLines } from './made-up-noun.ts';

const checkout = join(import.meta.dirname, '..', '..');

/** What a noun costs: a folder on each floor that has something to say, and one line in each list. */
describe('a noun that nobody needs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-noun-'));
  const pathOf = (file: string) => join(folder, file);

  beforeAll(() => {
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: checkout,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    for (const file of listed.split('\0')) {
      if (!/\.(ts|json)$/.test(file) || file.startsWith('web/')) continue;
      mkdirSync(dirname(pathOf(file)), { recursive: true });
      writeFileSync(pathOf(file), readFileSync(join(checkout, file)));
    }
    symlinkSync(join(checkout, 'node_modules'), pathOf('node_modules'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function put({ file, before, put: text }: Line): void {
    const old = readFileSync(pathOf(file), 'utf8');
    expect(old.split(before), `${file} has one place before ${JSON.stringify(before)}`).toHaveLength(2);
    writeFileSync(
      pathOf(file),
      old.replace(before, () => `${text}${before}`),
    );
  }

  /** Files with an error, each once. */
  function compile(): string[] {
    const tsc = join(checkout, 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json'], { cwd: folder, encoding: 'utf8' });
    return [
      ...new Set([...stdout.matchAll(/^([^\s(]+)\(\d+,\d+\): error/gm)].map(([, file]) => file ?? '')),
    ].toSorted();
  }

  it('does not compile by its names alone: the list of each floor is named', { timeout: 300_000 }, () => {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(pathOf(file)), { recursive: true });
      writeFileSync(pathOf(file), text);
    }
    for (const line of namesLines) put(line);
    const lists = [...new Set(partLines.map(({ file }) => file))];
    expect(compile()).toEqual(expect.arrayContaining(lists));
  });

  it('compiles with one folder for each floor and one line for each list', { timeout: 300_000 }, () => {
    for (const line of partLines) put(line);
    expect(compile()).toEqual([]);
  });

  it.each([
    ['its kind', 'ledger/rooms.ts', /^ {2}'valve\.turn'.*\n/m],
    ['a word', 'words/valves/zh.ts', /'valve-turned': '[^']*'/],
  ])('does not compile without %s', { timeout: 300_000 }, (_, file, part) => {
    const whole = readFileSync(pathOf(file), 'utf8');
    writeFileSync(pathOf(file), whole.replace(part, ''));
    expect(compile()).toContain(file);
    writeFileSync(pathOf(file), whole);
  });
});
