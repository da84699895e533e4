import { spawn } from 'node:child_process';
import { closeSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { DataFolder } from './data-folder.ts';
import { openLog } from './log-file.ts';

const messageSchema = z.object({ line: z.string().optional(), ready: z.boolean().optional() });

/** Starts the supervisor in a session of its own and answers an exit code: 0 once everything is ready. */
export function startDetached(
  folder: DataFolder,
  args: readonly string[],
  say: (line: string) => void,
): Promise<number> {
  const logFile = folder.log('supervisor');
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openLog(logFile);
  const start = join(import.meta.dirname, '..', 'start.ts');
  const child = spawn(process.execPath, [start, ...args], { detached: true, stdio: ['ignore', log, log, 'ipc'] });
  closeSync(log);
  const giveUp = () => child.kill('SIGTERM');
  process.once('SIGINT', giveUp).once('SIGTERM', giveUp);
  return new Promise((resolve) => {
    child.on('message', (received) => {
      const { line, ready } = messageSchema.parse(received);
      if (line !== undefined) say(line);
      if (!ready) return;
      say(`It runs in the background (pid ${child.pid}, log ${logFile}). Stop it with: npm start -- --stop`);
      process.off('SIGINT', giveUp).off('SIGTERM', giveUp);
      child.unref();
      resolve(0);
    });
    child.once('error', (error) => {
      say(`The supervisor could not be started: ${error.message}`);
      resolve(1);
    });
    child.once('exit', (code) => resolve(code === 0 ? 1 : (code ?? 1)));
  });
}
