import { audit } from '#ledger/audit/audit.ts';
import { verifyAudit } from '#db/audit/audit-rows.ts';
import type { Database } from '#db/database.ts';
import type { Limited } from '../limits.ts';
import { transact } from '#ledger/kernel/transact.ts';

/** Writers that append to the chain side by side, each row in a transaction of its own. */
export interface AuditWriteFigures {
  readonly writers: number;
  readonly rows: number;
  readonly seconds: number;
  readonly rowsPerSecond: Limited;
}

const leastRowsPerSecond = 500;

/** Appends for `seconds`, then verifies the whole chain: rows that would not verify are an error, not a figure. */
export async function measureAuditWrites(db: Database, writers: number, seconds: number): Promise<AuditWriteFigures> {
  const before = await verifyAudit(db);
  const begun = performance.now();
  const until = begun + seconds * 1_000;
  let rows = 0;
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let n = 0; performance.now() < until; n++) {
        await transact(db, (tx) =>
          audit(tx, { actor: { id: null, name: `writer-${writer}` }, action: 'webhook.test', details: { n } }),
        );
        rows += 1;
      }
    }),
  );
  const took = (performance.now() - begun) / 1_000;
  const after = await verifyAudit(db);
  if (after.brokenAt !== undefined || after.rows - before.rows !== rows) {
    throw new Error(`${rows} rows were written, ${after.rows - before.rows} verify; broken at ${after.brokenAt}`);
  }
  const perSecond = Math.round(rows / took);
  return {
    writers,
    rows,
    seconds: Number(took.toFixed(2)),
    rowsPerSecond: { value: perSecond, limit: leastRowsPerSecond, pass: perSecond >= leastRowsPerSecond },
  };
}
