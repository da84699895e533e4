import type { Context } from 'hono';
import { appendAudit, type AuditEntry } from '#ledger/audit/append-audit.ts';
import type { Tx } from '#db/database.ts';
import type { ApiEnv } from './env.ts';

/** Appends an audit row in the name of whoever sent this request. Last in its transaction. */
export async function auditRequest(
  tx: Tx,
  c: Context<ApiEnv>,
  entry: Omit<AuditEntry, 'actor' | 'requestId' | 'ip'>,
): Promise<void> {
  const caller = c.get('caller');
  await appendAudit(tx, {
    ...entry,
    actor: caller === undefined ? { id: null, name: 'anonymous' } : { id: caller.actor.id, name: caller.actor.name },
    requestId: c.get('requestId'),
    ip: c.get('ip'),
  });
}
