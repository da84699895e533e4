import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheRoot, installOnce } from './cache-folder.ts';
import { findCommand, isExecutable, runCommand } from './command.ts';
import { downloadOrBuild } from './download-or-build.ts';
import { releasePlatform, unpackRelease } from './official-release.ts';
import { PartMissing, withDefaults, type EnsureOptions } from './part.ts';

/** The release whose grammar of PromQL is the npm package `@prometheus-io/lezer-promql` 0.315. */
const version = '3.15.1';
/** As a Go module, 3.15.1 is v0.315.1. */
const moduleVersion = 'v0.315.1';
/** Oldest one that we take from PATH: it answers the state of chosen rules. */
const oldest = [2, 45] as const;
const part = `prometheus-${version}`;
/**
 * Discovery by files and HTTP is always in. Of the others only those that a lab can have: the clients of all clouds would
 * double what has to be compiled.
 */
const tags = 'remove_all_sd,enable_kubernetes_sd,enable_consul_sd,enable_dns_sd';

/** Programs of one release: the server, and the tool that is the judge of its configuration, rules and queries. */
export interface PrometheusBinaries {
  readonly prometheus: string;
  readonly promtool: string;
}

function programsIn(folder: string): PrometheusBinaries {
  return { prometheus: join(folder, 'prometheus'), promtool: join(folder, 'promtool') };
}

function bothRun(programs: PrometheusBinaries): boolean {
  return isExecutable(programs.prometheus) && isExecutable(programs.promtool);
}

/** The version of a `prometheus` or `promtool`, such as `3.15.1`; undefined when it is no such program. */
export async function prometheusVersion(program: string): Promise<string | undefined> {
  const text = await runCommand(program, ['--version'], { timeoutMs: 20_000 }).catch(() => '');
  return /version (\d+\.\d+\.\d+)/.exec(text)?.[1];
}

function isRecent(found: string | undefined): boolean {
  const [major = 0, minor = 0] = (found ?? '').split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

function fromOfficialRelease(folder: string, download: (url: string) => Promise<Buffer>): Promise<void> {
  const { system, arch } = releasePlatform();
  const name = `prometheus-${version}.${system}-${arch}`;
  return unpackRelease(
    {
      address: `https://github.com/prometheus/prometheus/releases/download/v${version}`,
      archive: `${name}.tar.gz`,
      checksums: 'sha256sums.txt',
      members: [`${name}/prometheus`, `${name}/promtool`],
      strip: 1,
    },
    folder,
    download,
  );
}

/** `go install` refuses a module that replaces others, so both are built from a module of ours that requires it. */
async function fromGo(folder: string, go: string, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const source = join(folder, 'source');
  mkdirSync(source);
  const module = 'github.com/prometheus/prometheus';
  writeFileSync(
    join(source, 'go.mod'),
    `module signalbox/prometheus\n\ngo 1.26.0\n\nrequire ${module} ${moduleVersion}\n`,
  );
  const stamp = `-s -w -X github.com/prometheus/common/version.Version=${version}`;
  const output = `${join(folder, 'bin')}/`;
  await runCommand(
    go,
    [
      ...['build', '-mod=mod', '-trimpath', '-tags', tags, '-ldflags', stamp, '-o', output],
      ...[`${module}/cmd/prometheus`, `${module}/cmd/promtool`],
    ],
    { env: { ...env, GOFLAGS: '-modcacherw' }, cwd: source },
  );
}

/**
 * What `prometheusBinaries` would take without fetching anything, or undefined: the folder `SIGNALBOX_PROMETHEUS_BIN`, PATH,
 * the cache. Throws PartMissing when the setting is wrong.
 */
export async function prometheusAtHand(options: EnsureOptions = {}): Promise<PrometheusBinaries | undefined> {
  const { env, say } = withDefaults(options);
  const explicit = env['SIGNALBOX_PROMETHEUS_BIN'];
  if (explicit) {
    const programs = programsIn(explicit);
    if (bothRun(programs)) return programs;
    throw new PartMissing(
      `SIGNALBOX_PROMETHEUS_BIN is ${explicit}, which is not a folder with the programs prometheus and promtool. Correct it or unset it.`,
    );
  }
  const onPath = findCommand('prometheus', env);
  if (onPath) {
    const programs = programsIn(dirname(onPath));
    const found = await prometheusVersion(onPath);
    if (isRecent(found) && bothRun(programs)) return programs;
    say(
      `${onPath} is Prometheus ${found ?? 'of unknown version'}${bothRun(programs) ? '' : ' without promtool'}; ` +
        `both of ${oldest.join('.')} or later are needed, so another one is used.`,
    );
  }
  const cached = programsIn(join(cacheRoot(env), part, 'bin'));
  return bothRun(cached) ? cached : undefined;
}

/**
 * `prometheus` and `promtool` of one release: what is at hand, the official release, Go. Throws PartMissing with the next
 * step when none works. Those built with Go have no web pages, only the API.
 */
export async function prometheusBinaries(options: EnsureOptions = {}): Promise<PrometheusBinaries> {
  const present = await prometheusAtHand(options);
  if (present) return present;
  const { env } = withDefaults(options);
  const prometheus = await installOnce(
    part,
    join('bin', 'prometheus'),
    (folder) =>
      downloadOrBuild(
        folder,
        {
          title: `Prometheus ${version}`,
          name: 'Prometheus',
          size: '130 MB',
          oldestGo: '1.26',
          buildTakes: '2 to 5 minutes',
          otherwise: `put prometheus and promtool ${oldest.join('.')} or later on PATH`,
          setting: 'SIGNALBOX_PROMETHEUS_BIN',
          download: fromOfficialRelease,
          build: (into, go) => fromGo(into, go, env),
        },
        options,
      ),
    options,
  );
  return programsIn(dirname(prometheus));
}
