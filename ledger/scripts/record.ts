import { auditOf } from '#ledger/audit/audit.ts';
import { createRecord, liveEvents } from '#ledger/kernel/record.ts';

type RecordedScript = { readonly id: string; readonly name: string };

/** Writes down what happened to a script of the library. */
export const record = createRecord({
  changed: liveEvents(({ id }: RecordedScript, _changed: true) => [['scripts', { id }]]),
  audit: auditOf(({ id, name }: RecordedScript) => ({ target: name, details: { id } })),
});
