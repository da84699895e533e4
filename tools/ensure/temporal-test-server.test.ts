import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { missingParts } from './missing.ts';
import { temporalTestServer } from './temporal-test-server.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-ensure-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(path: string, script: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

function environment() {
  return { SIGNALBOX_CACHE: join(folder, 'cache'), PATH: join(folder, 'path') };
}

describe('temporalTestServer', () => {
  it('says what the machine lacks, also to the test runner', async () => {
    await expect(temporalTestServer({ env: environment() })).rejects.toThrow(
      /Java runtime.* and Maven[\s\S]*Next step/,
    );
    program('path/java', '');
    await expect(temporalTestServer({ env: environment() })).rejects.toThrow(/needs Maven/);
    const missing = await missingParts(['temporalTestServer'], { env: environment() });
    expect(missing.get('temporalTestServer')).toContain('Next step');
  });

  it('is fetched with Maven once, and then needs Maven no more', async () => {
    program('path/java', '');
    const maven = program('path/mvn', 'exit 0');
    const said: string[] = [];
    const options = { env: environment(), say: (line: string) => said.push(line) };
    const server = await temporalTestServer(options);
    expect(readFileSync(server, 'utf8')).toContain('io.temporal.testserver.TestServer');
    expect(said.join()).toContain('Maven');
    rmSync(maven);
    expect(await temporalTestServer(options)).toBe(server);
  });

  it('takes the setting, then PATH', async () => {
    const onPath = program('path/temporal-test-server', '');
    const explicit = program('mine', '');
    expect(await temporalTestServer({ env: environment() })).toBe(onPath);
    expect(await temporalTestServer({ env: { ...environment(), SIGNALBOX_TEMPORAL_TEST_SERVER_BIN: explicit } })).toBe(
      explicit,
    );
  });
});
