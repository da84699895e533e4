import type { Context } from 'hono';
import { audit, type AuditEntry } from '#ledger/audit/audit.ts';
import type { Tx } from '#db/database.ts';
import type { ApiEnv } from './env.ts';

/** Audits in the name of whoever sent this request. */
export function auditRequest(tx: Tx, c: Context<ApiEnv>, entry: Omit<AuditEntry, 'actor' | 'requestId' | 'ip'>): void {
  const caller = c.get('caller');
  audit(tx, {
    ...entry,
    actor: caller === undefined ? { id: null, name: 'anonymous' } : { id: caller.actor.id, name: caller.actor.name },
    requestId: c.get('requestId'),
    ip: c.get('ip'),
  });
}
