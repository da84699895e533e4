import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runCommand } from './command.ts';
import { verifySha256 } from './official-download.ts';

/** An archive (tar.gz) of an official release, and what of it goes to `bin/`. */
export interface ReleaseArchive {
  /** Folder of the release, without a slash at its end. */
  readonly address: string;
  readonly archive: string;
  /** SHA-256 of the archive; where it is not known, it comes from the release's own list. */
  readonly sha256?: string | undefined;
  /** File of the release that lists checksums. */
  readonly checksums: string;
  readonly members: readonly string[];
  /** Leading folders of the members that are cut off; default none. */
  readonly strip?: number;
}

/** How releases call this machine: `linux` or `darwin`, `amd64` or `arm64`. */
export function releasePlatform(): { readonly system: string; readonly arch: string } {
  return {
    system: process.platform === 'darwin' ? 'darwin' : 'linux',
    arch: process.arch === 'arm64' ? 'arm64' : 'amd64',
  };
}

/** Fetches an archive, refuses it when its checksum is wrong, and unpacks its members to `<folder>/bin`. */
export async function unpackRelease(
  release: ReleaseArchive,
  folder: string,
  download: (url: string) => Promise<Buffer>,
): Promise<void> {
  const { address, archive, checksums, members, strip = 0 } = release;
  let expected = release.sha256;
  if (!expected) {
    const list = (await download(`${address}/${checksums}`)).toString('utf8');
    expected = list
      .split('\n')
      .find((line) => line.endsWith(archive))
      ?.split(/\s+/)[0];
    if (!expected) throw new Error(`the release's ${checksums} does not list ${archive}`);
  }
  const content = await download(`${address}/${archive}`);
  verifySha256(content, expected, archive);
  const file = join(folder, archive);
  writeFileSync(file, content);
  mkdirSync(join(folder, 'bin'));
  await runCommand('tar', ['-xzf', file, '-C', join(folder, 'bin'), `--strip-components=${strip}`, ...members]);
  rmSync(file);
  for (const member of members) chmodSync(join(folder, 'bin', basename(member)), 0o755);
}
