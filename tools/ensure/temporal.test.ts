import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PartMissing } from './part.ts';
import { temporalBinary } from './temporal.ts';

const systemPath = '/usr/bin:/bin';
let folder: string;
let said: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-ensure-'));
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(path: string, script: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

const versioned = (server: string) => `echo "temporal version 1.5.1 (Server ${server}, UI 2.42.1)"`;
const unreachable = () => Promise.reject(new Error('no route to the release'));

function resolve(
  env: Record<string, string>,
  download: (url: string) => Promise<Buffer> = unreachable,
): Promise<string> {
  return temporalBinary({
    env: { SIGNALBOX_CACHE: join(folder, 'cache'), PATH: join(folder, 'path'), ...env },
    say: (line) => said.push(line),
    download,
  });
}

describe('temporalBinary', () => {
  it('takes the setting first, and says when it is wrong', async () => {
    const onPath = program('path/temporal', versioned('1.29.1'));
    const explicit = program('mine/temporal', versioned('1.29.1'));
    expect(await resolve({ SIGNALBOX_TEMPORAL_BIN: explicit })).toBe(explicit);
    expect(await resolve({})).toBe(onPath);
    await expect(resolve({ SIGNALBOX_TEMPORAL_BIN: join(folder, 'nothing') })).rejects.toThrow(PartMissing);
  });

  it('passes over one on PATH that is too old, and takes the cache', async () => {
    program('path/temporal', versioned('1.22.0'));
    const cached = program('cache/temporal-cli-1.5.1/bin/temporal', versioned('1.29.1'));
    expect(await resolve({})).toBe(cached);
    expect(said.join()).toContain('1.22.0');
  });

  it('names the next step when nothing works, and leaves nothing half done', async () => {
    await expect(resolve({})).rejects.toThrow(/no route to the release[\s\S]*Next step: install Go/);
    expect(existsSync(join(folder, 'cache', 'temporal-cli-1.5.1'))).toBe(false);
    expect(existsSync(join(folder, 'cache', 'temporal-cli-1.5.1.unfinished'))).toBe(false);
  });

  it('throws away a download with a wrong checksum', async () => {
    const forged = (url: string) =>
      Promise.resolve(Buffer.from(url.endsWith('.txt') ? `${'0'.repeat(64)}  ${url}` : 'not what was released'));
    await expect(resolve({}, forged)).rejects.toThrow(/SHA-256|checksums\.txt does not list/);
  });

  it('builds with Go where the release is out of reach, once for all who ask at the same time', async () => {
    program(
      'path/go',
      `echo "$@" >> ${folder}/calls; sleep 0.5; mkdir -p "$GOBIN"; printf '#!/bin/sh\\n' > "$GOBIN/temporal"; chmod +x "$GOBIN/temporal"`,
    );
    const env = { PATH: `${join(folder, 'path')}:${systemPath}` };
    const answers = await Promise.all([resolve(env), resolve(env), resolve(env)]);
    expect(new Set(answers)).toEqual(new Set([join(folder, 'cache', 'temporal-cli-1.5.1', 'bin', 'temporal')]));
    expect(readFileSync(join(folder, 'calls'), 'utf8').trim()).toBe(
      'install github.com/temporalio/cli/cmd/temporal@v1.5.1',
    );
    expect(said.join('\n')).toContain('3 to 5 minutes');
  });

  it('says what to do when the build fails', async () => {
    program('path/go', 'echo "module lookup disabled" >&2; exit 1');
    await expect(resolve({ PATH: `${join(folder, 'path')}:${systemPath}` })).rejects.toThrow(
      /module lookup disabled[\s\S]*Next step: check that `go install`/,
    );
  });
});
