import { open } from 'node:fs/promises';
import { readIfPresent, writeDurably } from './durable-file.ts';

const keepMs = 24 * 3_600_000;

interface Entry {
  readonly run: string;
  readonly seq: number;
  readonly at: number;
}

/**
 * Remembers runs that must never start (again): those whose end the server confirmed, and tombstones of those it
 * withdrew before they were known here. An entry is kept for at least
 * 24 hours, except where more than the cap came in that time.
 */
export interface ClosedRuns {
  has(runId: string): boolean;
  /** Highest command number among all entries ever written. */
  highestSeq(): number;
  /** Returns when the entries are on disk. */
  add(entries: readonly { readonly runId: string; readonly seq: number }[]): Promise<void>;
}

/** Opens (or makes) the log of closed runs: one JSON line each, appended; a torn or damaged line is skipped. */
export async function openClosedRuns(file: string, cap = 20_000, now: () => number = Date.now): Promise<ClosedRuns> {
  const entries = new Map<string, Entry>();
  let highest = 0;
  let lines = 0;

  const take = (entry: Entry) => {
    highest = Math.max(highest, entry.seq);
    if (entry.run !== '') entries.set(entry.run, entry);
    lines += 1;
  };
  for (const line of ((await readIfPresent(file))?.toString('utf8') ?? '').split('\n')) {
    const entry = parseEntry(line);
    if (entry !== undefined) take(entry);
  }

  /** Rewrites the file; its first line carries the highest number, whose own entry may be gone. */
  async function compact(): Promise<void> {
    const oldest = now() - keepMs;
    for (const [run, entry] of entries) {
      if (entry.at >= oldest && entries.size <= 0.75 * cap) break;
      entries.delete(run);
    }
    const kept = [{ run: '', seq: highest, at: now() }, ...entries.values()];
    await writeDurably(file, kept.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    lines = kept.length;
  }

  return {
    has: (runId) => entries.has(runId),
    highestSeq: () => highest,
    async add(closed) {
      const added = closed.map(({ runId, seq }) => ({ run: runId, seq, at: now() }));
      const handle = await open(file, 'a', 0o600);
      try {
        // The newline in front ends a line that a crash or a full disk may have torn.
        await handle.writeFile(added.map((entry) => `\n${JSON.stringify(entry)}`).join('') + '\n');
        await handle.sync();
      } finally {
        await handle.close();
      }
      added.forEach(take);
      if (lines > cap) await compact();
    },
  };
}

function parseEntry(line: string): Entry | undefined {
  if (line === '') return undefined;
  try {
    const entry = JSON.parse(line) as Partial<Entry> | null;
    if (typeof entry?.run !== 'string' || typeof entry.seq !== 'number' || typeof entry.at !== 'number')
      return undefined;
    return { run: entry.run, seq: entry.seq, at: entry.at };
  } catch {
    return undefined;
  }
}
