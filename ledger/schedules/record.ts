import { auditOf } from '#ledger/audit/audit.ts';
import { createRecord, liveEvents } from '#ledger/kernel/record.ts';
import { announcementOf } from '#ledger/notifications/announce.ts';

interface RecordedSchedule {
  readonly id: string;
  readonly name: string;
  /** Full name of its node, or none. */
  readonly nodes: readonly string[];
}

/** Writes down what happened to a schedule; what it starts is written down by whoever carries that out. */
export const record = createRecord({
  changed: liveEvents(({ id }: RecordedSchedule, _changed: true) => [['schedules', { id }]]),
  announce: announcementOf(({ id, name }: RecordedSchedule) => ({ subject: { noun: 'schedule', id }, title: name })),
  audit: auditOf(({ id, name, nodes }: RecordedSchedule) => ({ target: name, nodes, details: { id } })),
});
