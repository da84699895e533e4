import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import { because } from '#domain/reasons.ts';
import { firingTimes } from '#platform/firing-times.ts';
import { writeFiring } from './firing-rows.ts';
import type { LockedSchedule } from './lock-schedule.ts';
import { record } from './record.ts';

/** Times that passed without anybody and are too late by now: all are counted, of very many the last are written down. */
export async function noteMissed(tx: Tx, schedule: LockedSchedule, dueAt: Date): Promise<void> {
  const { rows } = await sql<{ last: Date | null }>`
    select max(due_at) as last from firing where schedule_id = ${schedule.id}::uuid and due_at < ${dueAt} and not by_hand`.execute(
    tx,
  );
  const after = new Date(Math.max(schedule.countedFrom.getTime(), rows[0]?.last?.getTime() ?? 0));
  const tooLate = new Date(Math.min(dueAt.getTime(), schedule.now.getTime() - schedule.catchUpMs) - 1);
  if (tooLate <= after) return;
  const missed = firingTimes(schedule, { after, until: tooLate, count: mostMissed.counted });
  for (const time of missed.slice(-mostMissed.written)) {
    await writeFiring(tx, schedule, time, {
      state: 'missed',
      reason: because('too-late', { due: time.toISOString() }),
    });
  }
  if (missed.length > 0) await tellMissed(tx, schedule, missed);
}

/** Missed times that are looked for and written down at once. */
const mostMissed = { counted: 10_000, written: 200 } as const;

/** Tells the owner. */
export async function tellMissed(tx: Tx, schedule: LockedSchedule, times: readonly Date[]): Promise<void> {
  const details = { missed: times.length, first: times[0]?.toISOString(), last: times.at(-1)?.toISOString() };
  await record(tx, schedule, {
    changed: true,
    announce: { kind: 'schedule.missed', userIds: [schedule.owner.id], details },
  });
}
