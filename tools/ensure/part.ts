import { download } from './official-download.ts';

/** Where the resolver of real servers looks and to whom it talks. Every `ensure` function takes one. */
export interface EnsureOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Hears one line for each thing that takes time or that the user should know. */
  readonly say?: (line: string) => void;
  /** Fetches an address over TLS. */
  readonly download?: (url: string) => Promise<Buffer>;
}

/** A part that this machine lacks and that could not be got; the message ends with the next step to take. */
export class PartMissing extends Error {
  override readonly name = 'PartMissing';
}

/** Fills in the machine's environment and standard error. */
export function withDefaults(options: EnsureOptions): Required<EnsureOptions> {
  return {
    env: options.env ?? process.env,
    download: options.download ?? download,
    say: options.say ?? ((line) => process.stderr.write(`${line}\n`)),
  };
}
