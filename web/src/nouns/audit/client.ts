import type { auditRowSchema } from '#api/audit/audit.contract.ts';
import type { z } from 'zod';
import { type Page, request } from '#web/lib/api/http.ts';

export type AuditRow = z.infer<typeof auditRowSchema>;

/** What the walk over the whole audit chain found. */
export interface AuditVerification {
  readonly rows: number;
  readonly intact: boolean;
  readonly brokenAt: string | null;
  readonly head: string;
}

export interface AuditQuery {
  readonly actor?: string;
  readonly action?: string;
  readonly outcome?: 'allowed' | 'denied';
  readonly target?: string;
  readonly node?: string;
  readonly since?: string;
  readonly until?: string;
  readonly cursor?: string;
  readonly limit?: number;
}

export const audit = {
  list: (query: AuditQuery) => request<Page<AuditRow>>('GET', '/api/v1/audit', { query: { ...query } }),
  nodes: (row: string, query: { readonly cursor?: string; readonly limit?: number }) =>
    request<Page<{ readonly path: string }>>('GET', `/api/v1/audit/${row}/nodes`, { query }),
  verify: () => request<AuditVerification>('GET', '/api/v1/audit/verification'),
};
