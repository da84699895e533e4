import type { Context } from 'hono';
import { audit, type AuditEntry, type AuditOrigin } from '#ledger/audit/audit.ts';
import type { Tx } from '#db/database.ts';
import type { ApiEnv } from './env.ts';

/** Who sent this request, as the audit has it. */
export function auditOriginOf(c: Context<ApiEnv>): AuditOrigin {
  const { actor } = c.get('caller') ?? { actor: { id: null, name: 'anonymous' } };
  return { actor: { id: actor.id, name: actor.name }, requestId: c.get('requestId'), ip: c.get('ip') };
}

/** Audits in the name of whoever sent this request. */
export function auditRequest(tx: Tx, c: Context<ApiEnv>, entry: Omit<AuditEntry, keyof AuditOrigin>): void {
  audit(tx, { ...entry, ...auditOriginOf(c) });
}
