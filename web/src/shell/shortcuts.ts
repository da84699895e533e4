/** As much of a keyboard event as is looked at. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  /** Whether the focus is where text is written. */
  readonly typing: boolean;
  readonly at: number;
}

const sequenceMs = 1_000;

/**
 * Reads what a person presses: `mod+k` (Ctrl or Cmd, also while writing), single keys and two in a row such as `g t`
 * (neither while writing nor with a modifier). Gives the name of the shortcut that is complete, if it is one of these.
 */
export class ShortcutReader {
  readonly #known: ReadonlySet<string>;
  readonly #leaders: ReadonlySet<string>;
  #leader: { readonly key: string; readonly at: number } | undefined;

  constructor(known: readonly string[]) {
    this.#known = new Set(known);
    this.#leaders = new Set(known.filter((keys) => keys.includes(' ')).map((keys) => keys.split(' ')[0] ?? ''));
  }

  read(press: KeyPress): string | undefined {
    const leader = this.#leader;
    this.#leader = undefined;
    if (press.altKey) return undefined;
    if (press.ctrlKey || press.metaKey) return this.#complete(`mod+${press.key.toLowerCase()}`);
    if (press.typing) return undefined;
    if (leader !== undefined && press.at - leader.at <= sequenceMs) {
      const both = this.#complete(`${leader.key} ${press.key}`);
      if (both !== undefined) return both;
    }
    if (this.#leaders.has(press.key)) {
      this.#leader = { key: press.key, at: press.at };
      return undefined;
    }
    return this.#complete(press.key);
  }

  #complete(keys: string): string | undefined {
    return this.#known.has(keys) ? keys : undefined;
  }
}
