import { auditOf } from '#ledger/audit/audit.ts';
import { createRecord } from '#ledger/kernel/record.ts';

type RecordedSecret = { readonly id: string; readonly name: string };

/** Writes down what happened to a secret; a value is in no part of it. */
export const record = createRecord({
  audit: auditOf(({ id, name }: RecordedSecret) => ({ target: name, details: { id } })),
});
