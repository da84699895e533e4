import { findCommand } from './command.ts';
import { PartMissing, withDefaults, type EnsureOptions } from './part.ts';

const tickEveryMs = 30_000;

/** Two ways to a server: its official release, and Go where that cannot be reached. */
export interface Ways {
  /** With its version, such as `Temporal (CLI 1.5.1)`. */
  readonly title: string;
  readonly name: string;
  readonly size: string;
  readonly oldestGo: string;
  /** How long the build usually takes, such as `3 to 5 minutes`. */
  readonly buildTakes: string;
  /** What else a user can do, as the end of a sentence that begins with "Next step: install Go, or". */
  readonly otherwise: string;
  /** The setting that names one of the user's own. */
  readonly setting: string;
  download(folder: string, fetch: (url: string) => Promise<Buffer>): Promise<void>;
  build(folder: string, go: string): Promise<void>;
}

/** Fills a folder of the cache by the first way that works, and says what it does. Throws PartMissing with the next step. */
export async function downloadOrBuild(folder: string, ways: Ways, options: EnsureOptions): Promise<void> {
  const { env, say, download } = withDefaults(options);
  say(`Fetching ${ways.title} from its official release, about ${ways.size}, usually under a minute …`);
  const refusal = await ways.download(folder, download).then(
    () => undefined,
    (error: Error) => error.message,
  );
  if (refusal === undefined) return;
  say(`  that did not work (${refusal}).`);
  const go = findCommand('go', env);
  if (!go) {
    throw new PartMissing(
      `${ways.name} could not be downloaded (${refusal}) and Go is not installed to build it.\n` +
        `Next step: install Go ${ways.oldestGo} or later, or ${ways.otherwise}, or set ${ways.setting}; then start again.`,
    );
  }
  say(`  building it with Go instead; this takes ${ways.buildTakes} the first time …`);
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const ticking = setInterval(() => say(`  still building, ${seconds()} s …`), tickEveryMs);
  try {
    await ways.build(folder, go);
  } catch (error) {
    throw new PartMissing(
      `Building ${ways.name} with Go failed: ${(error as Error).message}\nNext step: check that \`go install\` works on this machine (its module proxy, free disk space), or set ${ways.setting}.`,
    );
  } finally {
    clearInterval(ticking);
  }
  say(`  built in ${seconds()} s.`);
}
