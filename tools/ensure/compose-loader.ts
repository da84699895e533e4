import { join } from 'node:path';
import { installOnce } from './cache-folder.ts';
import { findCommand, runCommand } from './command.ts';
import { PartMissing, withDefaults, type EnsureOptions } from './part.ts';

const version = '2.9.0';

/**
 * The reference loader of the compose specification (compose-go), which checks a compose file against the schema and for
 * consistency: the cache, then Go. Throws PartMissing with the next step when there is no Go.
 */
export async function composeLoader(options: EnsureOptions = {}): Promise<string> {
  const { env, say } = withDefaults(options);
  return installOnce(
    `compose-go-${version}`,
    join('bin', 'cmd'),
    async (folder) => {
      const go = findCommand('go', env);
      if (!go) throw new PartMissing('Checking docker-compose.yml needs Go.\nNext step: install Go 1.23 or later.');
      say(`Building the reference loader of the compose specification ${version}, usually 10 s …`);
      await runCommand(go, ['install', `github.com/compose-spec/compose-go/v2/cmd@v${version}`], {
        env: { ...env, GOBIN: join(folder, 'bin'), GOFLAGS: '-modcacherw' },
        cwd: folder,
      }).catch((error: Error) => {
        throw new PartMissing(
          `The compose loader could not be built: ${error.message}\nNext step: check that \`go install\` works on this machine.`,
        );
      });
    },
    options,
  );
}
