import { findCommand, isExecutable } from './command.ts';
import { PartMissing, withDefaults, type EnsureOptions } from './part.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** A Chromium that is installed here: `SIGNALBOX_CHROMIUM_BIN`, then PATH. Throws PartMissing with the next step. */
export function chromium(options: EnsureOptions = {}): Promise<string> {
  const { env } = withDefaults(options);
  const explicit = env['SIGNALBOX_CHROMIUM_BIN'];
  if (explicit && !isExecutable(explicit)) {
    return Promise.reject(
      new PartMissing(
        `SIGNALBOX_CHROMIUM_BIN is ${explicit}, which is not an executable file. Correct it or unset it.`,
      ),
    );
  }
  const found = explicit ?? names.map((name) => findCommand(name, env)).find((path) => path !== undefined);
  if (found) return Promise.resolve(found);
  return Promise.reject(
    new PartMissing(
      'The browser tests need Chromium, which was not found.\n' +
        'Next step: install it (on Debian: apt-get install chromium), or set SIGNALBOX_CHROMIUM_BIN.',
    ),
  );
}
