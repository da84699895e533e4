import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot, installOnce } from './cache-folder.ts';
import { findCommand, isExecutable, runCommand } from './command.ts';
import { PartMissing, withDefaults, type EnsureOptions } from './part.ts';

const version = '1.38.0';
const part = `temporal-test-server-${version}`;
const file = join('bin', 'temporal-test-server');

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>signalbox</groupId><artifactId>test-server</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>io.temporal</groupId><artifactId>temporal-test-server</artifactId><version>${version}</version></dependency>
  </dependencies>
</project>
`;

/** The jars are found beside the script, wherever the folder ends up. */
const wrapper = `#!/bin/sh
here=$(cd "$(dirname "$0")/.." && pwd)
exec java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$here/lib/*" io.temporal.testserver.TestServer "$@"
`;

async function fromMaven(folder: string, maven: string): Promise<void> {
  writeFileSync(join(folder, 'pom.xml'), pom);
  await runCommand(
    maven,
    ['-q', '-B', '--strict-checksums', 'dependency:copy-dependencies', `-DoutputDirectory=${join(folder, 'lib')}`],
    { cwd: folder },
  );
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, file), wrapper);
  chmodSync(join(folder, file), 0o755);
}

/**
 * Temporal's time-skipping test server: `SIGNALBOX_TEMPORAL_TEST_SERVER_BIN`, PATH, the cache, Maven (needs a Java runtime).
 * Throws PartMissing with the next step when none works.
 */
export async function temporalTestServer(options: EnsureOptions = {}): Promise<string> {
  const { env, say } = withDefaults(options);
  const explicit = env['SIGNALBOX_TEMPORAL_TEST_SERVER_BIN'];
  if (explicit) {
    if (!isExecutable(explicit))
      throw new PartMissing(
        `SIGNALBOX_TEMPORAL_TEST_SERVER_BIN is ${explicit}, which is not an executable file. Correct it or unset it.`,
      );
    return explicit;
  }
  const onPath = findCommand('temporal-test-server', env);
  if (onPath) return onPath;
  const cached = join(cacheRoot(env), part, file);
  const java = findCommand('java', env);
  const maven = findCommand('mvn', env);
  if (!java || (!maven && !isExecutable(cached))) {
    throw new PartMissing(
      `The time-skipping Temporal test server needs ${!java ? 'a Java runtime (17 or later)' : ''}${!java && !maven ? ' and ' : ''}${!maven ? 'Maven' : ''}, which this machine lacks.\n` +
        'Next step: install them (on Debian: apt-get install default-jre-headless maven), or set SIGNALBOX_TEMPORAL_TEST_SERVER_BIN.',
    );
  }
  return installOnce(
    part,
    file,
    async (folder) => {
      say(`Fetching Temporal's time-skipping test server ${version} with Maven, 38 MB, usually under half a minute …`);
      await fromMaven(folder, maven ?? 'mvn').catch((error: Error) => {
        throw new PartMissing(
          `Maven could not fetch the Temporal test server: ${error.message}\nNext step: check that mvn reaches its repository, or set SIGNALBOX_TEMPORAL_TEST_SERVER_BIN.`,
        );
      });
    },
    options,
  );
}
