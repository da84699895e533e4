import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema, readConfig } from '#platform/config.ts';
import { composeLoader } from '#tools/ensure/compose-loader.ts';
import { findCommand, runCommand } from '#tools/ensure/command.ts';

const checkout = join(import.meta.dirname, '..', '..');
const file = join(checkout, 'docker-compose.yml');

interface Service {
  environment?: Record<string, string>;
  command?: string[];
}

describe.runIf(findCommand('go', process.env))('docker-compose.yml', () => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-compose-'));
  let loader: string;
  let services: Record<string, Service>;

  beforeAll(async () => {
    loader = await composeLoader();
    const model = JSON.parse(await runCommand(loader, ['-format', 'json', file], { cwd: checkout })) as {
      services: Record<string, Service>;
    };
    services = model.services;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('conforms to the compose specification; the loader would say otherwise', async () => {
    const broken = join(folder, 'broken.yml');
    writeFileSync(
      broken,
      readFileSync(file, 'utf8').replace('depends_on: [temporal]', 'depends_on: [nobody]\n    pots: []'),
    );
    await expect(runCommand(loader, [broken], { cwd: checkout })).rejects.toThrow(/pots/);
    expect(Object.keys(services)).toEqual(
      expect.arrayContaining(['api', 'worker', 'gateway-1', 'gateway-2', 'postgres', 'temporal']),
    );
  });

  it.each(['api', 'worker', 'gateway-1', 'gateway-2'])('gives %s settings that exist and are valid', (name) => {
    const environment = services[name]?.environment ?? {};
    const unknown = Object.keys(environment).filter((key) => !Object.hasOwn(configSchema.shape, key));
    expect(unknown).toEqual([]);
    expect(() => readConfig(environment)).not.toThrow();
    expect(services[name]?.command?.[0]).toBe('--roles');
  });

  it('gives each gateway a name and an address of its own and the same certificate authority', () => {
    const [one, two] = [services['gateway-1']?.environment, services['gateway-2']?.environment];
    expect(one?.['SIGNALBOX_GATEWAY_ID']).not.toBe(two?.['SIGNALBOX_GATEWAY_ID']);
    expect(one?.['SIGNALBOX_GATEWAY_ADDRESS']).not.toBe(two?.['SIGNALBOX_GATEWAY_ADDRESS']);
    expect(one?.['SIGNALBOX_CA_DIR']).toBe(two?.['SIGNALBOX_CA_DIR']);
  });

  it('holds no password', () => {
    const text = readFileSync(file, 'utf8');
    expect(parse(text, { merge: true })).toHaveProperty('secrets');
    expect(text).not.toMatch(/PASSWORD: \S|:[^/@\s]+@postgres/);
  });

  it('has an entry point that puts the password from its file into the address', () => {
    const script = readFileSync(join(checkout, 'deploy', 'entrypoint.sh'), 'utf8');
    const tried = script
      .replace('/run/secrets/postgres-password', '$1')
      .replace(/^exec node .*$/m, 'printf %s "$SIGNALBOX_DATABASE_URL"');
    const secret = join(folder, 'secret');
    writeFileSync(secret, 'abc123');
    const url = execFileSync('sh', ['-c', tried, 'sh', secret], {
      env: { ...process.env, SIGNALBOX_DATABASE_URL: 'postgres://signalbox@postgres:5432/signalbox' },
      encoding: 'utf8',
    });
    expect(url).toBe('postgres://signalbox:abc123@postgres:5432/signalbox');
  });
});
