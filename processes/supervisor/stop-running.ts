import { setTimeout as sleep } from 'node:timers/promises';
import type { DataFolder } from './data-folder.ts';
import { isAlive, signalProcess } from './process-identity.ts';
import { readProcessTable } from './process-table.ts';

const patienceMs = 180_000;

/** Asks the supervisor of a data folder to stop all in order and waits for its end; answers an exit code. */
export async function stopRunning(folder: DataFolder, say: (line: string) => void): Promise<number> {
  const supervisor = readProcessTable(folder.processes).find(({ role }) => role === 'supervisor');
  if (!supervisor || !signalProcess(supervisor, 'SIGTERM')) {
    say(`Nothing runs on ${folder.root}.`);
    return 0;
  }
  say(`Stopping Signalbox on ${folder.root} (pid ${supervisor.pid}) …`);
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline;) {
    if (!isAlive(supervisor)) {
      say('Stopped.');
      return 0;
    }
    await sleep(100);
  }
  say(`It has not ended within ${patienceMs / 1000} s; its log is in ${folder.log('supervisor')}.`);
  return 1;
}
