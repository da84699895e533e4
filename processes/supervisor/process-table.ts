import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const rowSchema = z.object({
  role: z.string(),
  pid: z.number().int().positive(),
  startTime: z.string(),
  bootId: z.string(),
});

/** One row of run/processes.json: which process plays a role. */
export type ProcessRow = z.infer<typeof rowSchema>;

/** Reads run/processes.json; a missing or broken file counts as empty. */
export function readProcessTable(path: string): ProcessRow[] {
  try {
    return z.array(rowSchema).parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return [];
  }
}

/** Replaces the file in one step: a reader sees the old rows or the new ones. */
export function writeJsonFile(path: string, value: unknown, mode = 0o600): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}.new`;
  writeFileSync(unfinished, `${JSON.stringify(value, null, 2)}\n`, { mode });
  renameSync(unfinished, path);
}
