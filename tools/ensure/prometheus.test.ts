import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from './command.ts';
import { PartMissing } from './part.ts';
import { prometheusAtHand, prometheusBinaries, type PrometheusBinaries } from './prometheus.ts';

const systemPath = '/usr/bin:/bin';
const release = 'prometheus-3.15.1';
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

function programs(path: string, version: string): PrometheusBinaries {
  const both = ['prometheus', 'promtool'] as const;
  const [prometheus, promtool] = both.map((name) =>
    program(`${path}/${name}`, `echo "${name}, version ${version} (branch: HEAD, revision: 1)"`),
  );
  return { prometheus: prometheus ?? '', promtool: promtool ?? '' };
}

const unreachable = () => Promise.reject(new Error('no route to the release'));

function options(env: Record<string, string>, download: (url: string) => Promise<Buffer> = unreachable) {
  return {
    env: { SIGNALBOX_CACHE: join(folder, 'cache'), PATH: join(folder, 'path'), ...env },
    say: (line: string) => said.push(line),
    download,
  };
}

describe('prometheusBinaries', () => {
  it('takes the setting first, and says when it is wrong', async () => {
    const onPath = programs('path', '2.53.0');
    const explicit = programs('mine', '2.42.0');
    expect(await prometheusBinaries(options({ SIGNALBOX_PROMETHEUS_BIN: join(folder, 'mine') }))).toEqual(explicit);
    expect(await prometheusBinaries(options({}))).toEqual(onPath);
    rmSync(explicit.promtool);
    const wrong = prometheusBinaries(options({ SIGNALBOX_PROMETHEUS_BIN: join(folder, 'mine') }));
    await expect(wrong).rejects.toThrow(PartMissing);
    await expect(wrong).rejects.toThrow('SIGNALBOX_PROMETHEUS_BIN');
  });

  it('passes over one on PATH that is too old or alone, and takes the cache', async () => {
    const onPath = programs('path', '2.42.0');
    expect(await prometheusAtHand(options({}))).toBeUndefined();
    const cached = programs(`cache/${release}/bin`, '3.15.1');
    expect(await prometheusBinaries(options({}))).toEqual(cached);
    expect(said.join()).toContain('2.42.0');
    programs('path', '3.5.0');
    rmSync(onPath.promtool);
    expect(await prometheusBinaries(options({}))).toEqual(cached);
    expect(said.join()).toContain('without promtool');
  });

  it('names the next step when nothing works, and leaves nothing half done', async () => {
    await expect(prometheusBinaries(options({}))).rejects.toThrow(
      /no route to the release[\s\S]*Next step: install Go/,
    );
    expect(existsSync(join(folder, 'cache', release))).toBe(false);
    expect(existsSync(join(folder, 'cache', `${release}.unfinished`))).toBe(false);
  });

  it('unpacks the official release when its checksum is the listed one, and throws it away when it is not', async () => {
    const asked: string[] = [];
    const made = join(folder, 'made.tar.gz');
    const env = { PATH: systemPath };
    const serve = (sha: () => string) => async (url: string) => {
      asked.push(url);
      const name = url.endsWith('.tar.gz') ? url.split('/').at(-1) : undefined;
      if (!name) {
        const [os, arch] = [
          process.platform === 'darwin' ? 'darwin' : 'linux',
          process.arch === 'arm64' ? 'arm64' : 'amd64',
        ];
        const inside = `${release}.${os}-${arch}`;
        programs(inside, '3.15.1');
        await runCommand('tar', ['-czf', made, '-C', folder, inside]);
        return Buffer.from(`${'1'.repeat(64)}  another.tar.gz\n${sha()}  ${inside}.tar.gz\n`);
      }
      return readFileSync(made);
    };
    await expect(
      prometheusBinaries(
        options(
          env,
          serve(() => '0'.repeat(64)),
        ),
      ),
    ).rejects.toThrow(/SHA-256/);
    const { createHash } = await import('node:crypto');
    const right = () => createHash('sha256').update(readFileSync(made)).digest('hex');
    const { prometheus, promtool } = await prometheusBinaries(options(env, serve(right)));
    expect(await runCommand(prometheus, ['--version'])).toContain('3.15.1');
    expect(await runCommand(promtool, ['--version'])).toContain('3.15.1');
    expect(asked.every((url) => url.startsWith('https://github.com/prometheus/prometheus/releases/'))).toBe(true);
  });

  it('builds both of one release with Go where the release is out of reach, once for all who ask', async () => {
    program(
      'path/go',
      `cat go.mod >> ${folder}/modules; for last; do [ "$out" = next ] && out=$last; [ "$last" = -o ] && out=next; done
       mkdir -p "$out"; for name in prometheus promtool; do printf '#!/bin/sh\\n' > "$out/$name"; chmod +x "$out/$name"; done
       echo "$@" >> ${folder}/calls`,
    );
    const env = { PATH: `${join(folder, 'path')}:${systemPath}` };
    const answers = await Promise.all([1, 2, 3].map(() => prometheusBinaries(options(env))));
    const bin = join(folder, 'cache', release, 'bin');
    for (const answer of answers)
      expect(answer).toEqual({ prometheus: join(bin, 'prometheus'), promtool: join(bin, 'promtool') });
    const calls = readFileSync(join(folder, 'calls'), 'utf8').trim();
    expect(calls.split('\n')).toHaveLength(1);
    expect(calls).toContain('cmd/prometheus github.com/prometheus/prometheus/cmd/promtool');
    expect(readFileSync(join(folder, 'modules'), 'utf8')).toContain('github.com/prometheus/prometheus v0.315.1');
    expect(said.join('\n')).toContain('2 to 5 minutes');
  });
});
