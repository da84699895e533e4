import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, report } from '#tests/support/eventually.ts';
import { sendSignal } from '#tests/support/own-processes.ts';
import type { Platform } from '#tests/support/platform.ts';

/** How often each dies while tickets are decided. */
export const ticketFaults = { worker: 8, api: 6, gateway: 2, postgres: 2, temporal: 1, temporalAway: 1 } as const;
export type TicketFault = keyof typeof ticketFaults;

const backWithinMs = 150_000;

/** Kills one (kill -9; PostgreSQL by an immediate stop) and waits until the platform is whole again. */
export async function breakAndWait(platform: Platform, fault: TicketFault, awayMs: number): Promise<void> {
  const since = performance.now();
  const role = fault === 'temporalAway' ? 'temporal' : fault;
  let pid = role === 'postgres' ? platform.crashPostgres() : platform.kill(role);
  if (fault === 'temporalAway') {
    for (const until = performance.now() + awayMs; performance.now() < until; await sleep(100)) {
      const now = platform.pids()['temporal'];
      if (now !== undefined && now !== pid) pid = platform.kill('temporal');
    }
  }
  await eventually(`${role} has a new process`, () => (platform.pids()[role] ?? pid) !== pid && !sendSignal(pid, 0), {
    withinMs: backWithinMs,
    everyMs: 50,
  });
  await eventually(
    'the platform is whole',
    async () => (await platform.api.get<{ ready: boolean }>('/api/v1/status', { timeoutMs: 3_000 })).ready,
    { withinMs: backWithinMs, everyMs: 100 },
  );
  report(`R1–R4: ${fault} back after`, since);
}
