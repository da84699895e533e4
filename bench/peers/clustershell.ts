import { dirname, join } from 'node:path';
import { installOnce } from '#tools/ensure/cache-folder.ts';
import { findCommand, runCommand } from '#tools/ensure/command.ts';
import { PartMissing } from '#tools/ensure/part.ts';

/** The release that is compared with. */
export const clustershellVersion = '1.10.1';

/**
 * Program and first argument that start `clush`, which is installed from PyPI into a virtual environment of its own in
 * the cache folder. Throws PartMissing with the next step to take where that is not possible.
 */
export async function ensureClush(
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly [python: string, clush: string]> {
  const clush = await installOnce(
    `clustershell-${clustershellVersion}`,
    'bin/clush',
    async (folder) => {
      const python = findCommand('python3', env);
      if (python === undefined)
        throw new PartMissing('clush needs Python 3 with venv. Next step: install python3-venv.');
      console.error(`Installing clustershell ${clustershellVersion} from PyPI (about 10 s)`);
      await runCommand(python, ['-m', 'venv', folder], { env });
      await runCommand(
        join(folder, 'bin/python3'),
        ['-m', 'pip', 'install', '--quiet', `clustershell==${clustershellVersion}`],
        { env },
      );
    },
    { env },
  );
  // Not through its first line: that names the folder in which it was installed before it got its name.
  return [join(dirname(clush), 'python3'), clush];
}
