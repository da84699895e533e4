import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installOnce } from './cache-folder.ts';
import { findCommand, isExecutable, runCommand } from './command.ts';
import { verifySha256 } from './official-download.ts';
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

async function fromOfficialRelease(folder: string, download: (url: string) => Promise<Buffer>): Promise<void> {
  const platform = process.platform === 'darwin' ? 'darwin' : 'linux';
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const archive = `temporal_cli_${cliVersion}_${platform}_${arch}.tar.gz`;
  let expected = knownSha256[`${platform}_${arch}`];
  if (!expected) {
    const list = (await download(`${releases}/checksums.txt`)).toString('utf8');
    expected = list
      .split('\n')
      .find((line) => line.endsWith(archive))
      ?.split(/\s+/)[0];
    if (!expected) throw new Error(`the release's checksums.txt does not list ${archive}`);
  }
  const content = await download(`${releases}/${archive}`);
  verifySha256(content, expected, archive);
  const file = join(folder, archive);
  writeFileSync(file, content);
  mkdirSync(join(folder, 'bin'));
  await runCommand('tar', ['-xzf', file, '-C', join(folder, 'bin'), 'temporal']);
  chmodSync(join(folder, 'bin', 'temporal'), 0o755);
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
  const { env, say, download } = withDefaults(options);
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
    async (folder) => {
      say(`Fetching Temporal (CLI ${cliVersion}) from its official release, about 100 MB, usually under a minute …`);
      const refusal = await fromOfficialRelease(folder, download).then(
        () => undefined,
        (error: Error) => error.message,
      );
      if (refusal === undefined) return;
      say(`  that did not work (${refusal}).`);
      const go = findCommand('go', env);
      if (!go) {
        throw new PartMissing(
          `Temporal could not be downloaded (${refusal}) and Go is not installed to build it.\n` +
            'Next step: install Go 1.25 or later, or put a temporal binary on PATH, or set SIGNALBOX_TEMPORAL_BIN; then start again.',
        );
      }
      say('  building it with Go instead; this takes 3 to 5 minutes the first time …');
      const started = Date.now();
      const ticking = setInterval(
        () => say(`  still building, ${Math.round((Date.now() - started) / 1000)} s …`),
        30_000,
      );
      try {
        await fromGo(folder, go, env);
      } catch (error) {
        throw new PartMissing(
          `Building Temporal with Go failed: ${(error as Error).message}\nNext step: check that \`go install\` works on this machine (its module proxy, free disk space), or set SIGNALBOX_TEMPORAL_BIN.`,
        );
      } finally {
        clearInterval(ticking);
      }
      say(`  built in ${Math.round((Date.now() - started) / 1000)} s.`);
    },
    options,
  );
}
