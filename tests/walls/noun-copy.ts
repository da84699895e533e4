import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Line } from './made-up-noun.ts';

const checkout = join(import.meta.dirname, '..', '..');

/** The checkout once more, as it lies here, to bring something in and see what comes of it. */
export interface TreeCopy {
  readonly folder: string;
  read(file: string): string;
  write(file: string, text: string): void;
  /** Puts lines into lists; each has exactly one place. */
  put(lines: readonly Line[]): void;
  /** Compiles everything, the web too. Files with an error, each once. */
  compile(): Promise<string[]>;
  remove(): void;
}

export function copyTree(): TreeCopy {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-noun-'));
  const pathOf = (file: string) => join(folder, file);
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: checkout,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const file of listed.split('\0').filter((one) => one !== '')) {
    cpSync(join(checkout, file), pathOf(file), { recursive: true });
  }
  symlinkSync(join(checkout, 'node_modules'), pathOf('node_modules'));

  const read = (file: string) => readFileSync(pathOf(file), 'utf8');
  function write(file: string, text: string): void {
    mkdirSync(dirname(pathOf(file)), { recursive: true });
    writeFileSync(pathOf(file), text);
  }
  function run(program: string, args: readonly string[], cwd = folder): Promise<string> {
    const script = join(checkout, 'node_modules', program);
    const options = { cwd, maxBuffer: 64 * 1024 * 1024 };
    return new Promise((resolve) => execFile(process.execPath, [script, ...args], options, (_, out) => resolve(out)));
  }
  async function compileServer(): Promise<(string | undefined)[]> {
    const said = await run('typescript/bin/tsc', ['-p', 'tsconfig.json']);
    return [...said.matchAll(/^([^\s(]+)\(\d+,\d+\): error/gm)].map(([, file]) => file);
  }
  async function compileWeb(): Promise<(string | undefined)[]> {
    await run('@sveltejs/kit/svelte-kit.js', ['sync'], pathOf('web'));
    const options = ['--workspace', 'web', '--tsconfig', './tsconfig.json', '--output', 'machine'];
    const said = await run('svelte-check/bin/svelte-check', options);
    if (!said.includes(' COMPLETED ')) throw new Error(`svelte-check did not end:\n${said.slice(-2_000)}`);
    return [...said.matchAll(/^\d+ ERROR "([^"]+)"/gm)].map(([, file]) => `web/${file}`);
  }

  return {
    folder,
    read,
    write,
    put(lines) {
      for (const { file, before, put } of lines) {
        const parts = read(file).split(before);
        if (parts.length !== 2) throw new Error(`${file} has not one place before ${JSON.stringify(before)}`);
        write(file, parts.join(`${put}${before}`));
      }
    },
    async compile() {
      const files = await Promise.all([compileServer(), compileWeb()]);
      return [...new Set(files.flat())].map((file) => file ?? '').toSorted();
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
