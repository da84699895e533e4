import type { OutputStream } from '../io.ts';
import type { Paint, Tones } from './paint.ts';
import { duration } from './text.ts';

/** Live progress of something with states, on stderr: one line that is written over on a terminal, sparse lines elsewhere. */
export interface LiveLine<State extends string> {
  show(state: State, more: string): void;
  /** A line of its own. */
  note(line: string): void;
  /** Takes the live line away. */
  end(): void;
}

/** Elsewhere than on a terminal: a line where the state changes, and at most one in this time for the rest of it. */
const sparseMs = 10_000;

/** A {@link LiveLine} that begins now; `tones` colour the states. */
export function createLiveLine<State extends string>(
  stream: OutputStream,
  paint: Paint,
  tones: Tones<State>,
  now: () => number = Date.now,
): LiveLine<State> {
  const live = stream.isTTY === true;
  const startedAt = now();
  let shown = '';
  let shownState: string | undefined;
  let printedAt = -Infinity;

  function end(): void {
    if (shown !== '' && live) stream.write('\r\x1b[K');
    shown = '';
  }

  return {
    show(state, more) {
      const text = `${paint(tones[state], state)}  ${more}`.trimEnd();
      if (live) {
        shown = `${text}  ${duration(now() - startedAt)}`;
        stream.write(`\r\x1b[K${clip(shown, stream.columns)}`);
      } else if (text !== shown && (state !== shownState || now() - printedAt >= sparseMs)) {
        shown = text;
        printedAt = now();
        stream.write(`${text}\n`);
      }
      shownState = state;
    },
    note(line) {
      end();
      stream.write(`${line}\n`);
    },
    end,
  };
}

/** A line that is longer than the terminal is wide cannot be written over. */
function clip(text: string, columns: number | undefined): string {
  return columns !== undefined && text.length > columns && !text.includes('\x1b') ? text.slice(0, columns - 1) : text;
}
