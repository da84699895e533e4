import { closeSync, copyFileSync, openSync, readSync, renameSync, statSync, truncateSync } from 'node:fs';

const maxBytes = 20 * 1024 * 1024;
const tailBytes = 16 * 1024;

function size(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Opens a log for appending; a full one is moved to `<path>.1` first. The caller closes the descriptor. */
export function openLog(path: string): number {
  if (size(path) > maxBytes) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
}

/** Empties a full log under its writer (who appends, so goes on at the new end); the old lines are in `<path>.1`. */
export function rotateLog(path: string): void {
  if (size(path) <= maxBytes) return;
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
}

/** The last lines of a log, for an error message. */
export function lastLines(path: string, count = 15): string {
  const bytes = size(path);
  if (bytes === 0) return '(the log is empty)';
  const descriptor = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(Math.min(bytes, tailBytes));
    readSync(descriptor, buffer, 0, buffer.length, bytes - buffer.length);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-count).join('\n');
  } finally {
    closeSync(descriptor);
  }
}
