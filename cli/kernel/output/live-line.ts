import type { TaskCounts } from '#domain/tasks/host-run.ts';
import type { TaskState } from '#domain/tasks/task.ts';
import type { OutputStream } from '../io.ts';
import { stateTone, type Paint } from './paint.ts';
import { duration } from './text.ts';

/** Live progress on stderr: one line that is written over on a terminal, sparse lines elsewhere. */
export interface LiveLine {
  show(state: string, more: string): void;
  /** A line of its own. */
  note(line: string): void;
  /** Takes the live line away. */
  end(): void;
}

/** Live progress of a task. */
export interface Progress extends Omit<LiveLine, 'show'> {
  show(seen: { state: TaskState; counts: TaskCounts }): void;
}

/** Elsewhere than on a terminal: a line where the state changes, and at most one in this time for the rest of it. */
const sparseMs = 10_000;

export function createProgress(stream: OutputStream, paint: Paint, now: () => number = Date.now): Progress {
  const line = createLiveLine(stream, paint, now);
  return { ...line, show: (seen) => line.show(seen.state, describeCounts(seen.counts)) };
}

/** A {@link LiveLine} of something that has states. */
export function createLiveLine(stream: OutputStream, paint: Paint, now: () => number = Date.now): LiveLine {
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
      const text = `${paint(stateTone(state), state)}  ${more}`.trimEnd();
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

/** `7 of 20 hosts done, 5 succeeded, 2 failed, 3 running`. */
export function describeCounts(counts: TaskCounts): string {
  const done = counts.total - counts.pending - counts.running;
  const parts: readonly (readonly [number, string])[] = [
    [counts.succeeded, 'succeeded'],
    [counts.failed, 'failed'],
    [counts.timedOut, 'timed out'],
    [counts.killed, 'killed'],
    [counts.lost, 'lost'],
    [counts.revoked, 'revoked'],
    [counts.buried, 'buried'],
    [counts.running, 'running'],
  ];
  const named = parts.filter(([count]) => count > 0).map(([count, name]) => `${count} ${name}`);
  return [`${done} of ${counts.total} ${counts.total === 1 ? 'host' : 'hosts'} done`, ...named].join(', ');
}

/** A line that is longer than the terminal is wide cannot be written over. */
function clip(text: string, columns: number | undefined): string {
  return columns !== undefined && text.length > columns && !text.includes('\x1b') ? text.slice(0, columns - 1) : text;
}
