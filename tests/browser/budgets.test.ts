import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkout } from '#tests/support/platform.ts';

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
}

const built = join(checkout, 'dist', 'web');
const manifest = JSON.parse(
  readFileSync(join(checkout, 'web', '.svelte-kit', 'output', 'client', '.vite', 'manifest.json'), 'utf8'),
) as Record<string, Chunk>;
const nodes = '.svelte-kit/generated/build/client-optimized/nodes/';

/** A chunk and all that it cannot start without. What is behind `import()` is not among it. */
function needed(entry: string, files = new Set<string>()): Set<string> {
  const chunk = manifest[entry];
  if (chunk === undefined) throw new Error(`the build has no ${entry}`);
  if (files.has(chunk.file)) return files;
  files.add(chunk.file);
  for (const name of chunk.imports ?? []) needed(name, files);
  return files;
}

function kilobytes(files: Iterable<string>): number {
  return [...files]
    .filter((file) => file.endsWith('.js'))
    .reduce((sum, file) => sum + statSync(join(built, `${file}.gz`)).size / 1_000, 0);
}

describe('what a browser must load (compressed JavaScript)', () => {
  const shellEntries = Object.keys(manifest).filter(
    (name) =>
      /runtime\/client\/(entry|client-entry)\.js$|client-optimized\/app\.js$/.test(name) || name === `${nodes}0.js`,
  );
  const shell = new Set(shellEntries.flatMap((name) => [...needed(name)]));
  const pages = Object.keys(manifest).filter((name) => name.startsWith(nodes) && name !== `${nodes}0.js`);

  it('is at most 100 kB for the shell', () => {
    expect(shellEntries).toHaveLength(4);
    console.log(`shell: ${kilobytes(shell).toFixed(1)} kB`);
    expect(kilobytes(shell)).toBeLessThanOrEqual(100);
  });

  it('is at most 250 kB for every page; editors come later', () => {
    expect(pages.length).toBeGreaterThan(10);
    const sizes = pages.map((page) => [page, kilobytes(new Set([...shell, ...needed(page)]))] as const);
    console.log(`largest page: ${Math.max(...sizes.map(([, size]) => size)).toFixed(1)} kB`);
    expect(sizes.filter(([, size]) => size > 250)).toEqual([]);
  });
});
