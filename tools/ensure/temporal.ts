import { join } from 'node:path';
import { installOnce } from './cache-folder.ts';
import { findCommand, isExecutable, runCommand } from './command.ts';
import { downloadOrBuild } from './download-or-build.ts';
import { releasePlatform, unpackRelease } from './official-release.ts';
import { PartMissing, withDefaults, type EnsureOptions } from './part.ts';

const cliVersion = '1.5.1';
/** Folder of the fetched CLI below the cache. */
export const temporalCachePart = `temporal-cli-${cliVersion}`;
/** Oldest server that has update-with-start and the sqlite pragmas that we pass. */
const oldestServer = [1, 28] as const;
const releases = `https://github.com/temporalio/cli/releases/download/v${cliVersion}`;
/** Where the SHA-256 of an archive is not listed here, it comes from the release's own list. */
const knownSha256: Readonly<Record<string, string>> = {
  linux_amd64: 'ddc95e08b0b076efd4ea9733a3f488eb7d2be875f8834e616cd2a37358b4852d',
  darwin_amd64: 'bbb73e2a31135abe50a1f1cdb35030c42961df618e8ce9c60ae89f201540c5d9',
  darwin_arm64: 'cca01b7ea35ad56e2a328d9ae596bf716bd22313ef63c7a761c88354457c2415',
};

/** The Temporal server's version that a CLI binary carries, such as `1.29.1`; undefined when it is no such binary. */
export async function temporalServerVersion(binary: string): Promise<string | undefined> {
  const text = await runCommand(binary, ['--version'], { timeoutMs: 20_000 }).catch(() => '');
  return /Server (\d+\.\d+\.\d+)/.exec(text)?.[1];
}

function isRecent(version: string | undefined): boolean {
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  return major === oldestServer[0] && minor >= oldestServer[1];
}

function fromOfficialRelease(folder: string, download: (url: string) => Promise<Buffer>): Promise<void> {
  const { system, arch } = releasePlatform();
  return unpackRelease(
    {
      address: releases,
      archive: `temporal_cli_${cliVersion}_${system}_${arch}.tar.gz`,
      sha256: knownSha256[`${system}_${arch}`],
      checksums: 'checksums.txt',
      members: ['temporal'],
    },
    folder,
    download,
  );
}

async function fromGo(folder: string, go: string, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  await runCommand(go, ['install', `github.com/temporalio/cli/cmd/temporal@v${cliVersion}`], {
    env: { ...env, GOBIN: join(folder, 'bin'), GOFLAGS: '-modcacherw' },
    cwd: folder,
  });
}

/**
 * The `temporal` binary (server, UI and CLI in one): `SIGNALBOX_TEMPORAL_BIN`, PATH, the cache, the official release, Go.
 * Throws PartMissing with the next step when none works.
 */
export async function temporalBinary(options: EnsureOptions = {}): Promise<string> {
  const { env, say } = withDefaults(options);
  const explicit = env['SIGNALBOX_TEMPORAL_BIN'];
  if (explicit) {
    if (!isExecutable(explicit))
      throw new PartMissing(
        `SIGNALBOX_TEMPORAL_BIN is ${explicit}, which is not an executable file. Correct it or unset it.`,
      );
    return explicit;
  }
  const onPath = findCommand('temporal', env);
  if (onPath) {
    const version = await temporalServerVersion(onPath);
    if (isRecent(version)) return onPath;
    say(
      `${onPath} carries Temporal server ${version ?? 'of unknown version'}; ${oldestServer.join('.')} or later is needed, so another one is used.`,
    );
  }
  return installOnce(
    temporalCachePart,
    join('bin', 'temporal'),
    (folder) =>
      downloadOrBuild(
        folder,
        {
          title: `Temporal (CLI ${cliVersion})`,
          name: 'Temporal',
          size: '100 MB',
          oldestGo: '1.25',
          buildTakes: '3 to 5 minutes',
          otherwise: 'put a temporal binary on PATH',
          setting: 'SIGNALBOX_TEMPORAL_BIN',
          download: fromOfficialRelease,
          build: (into, go) => fromGo(into, go, env),
        },
        options,
      ),
    options,
  );
}
