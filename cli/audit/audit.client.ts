import type { auditRowSchema } from '#api/audit/audit.contract.ts';
import type { z } from '@hono/zod-openapi';
import type { HttpClient, Query } from '../kernel/client/http.ts';
import { allRows } from '../kernel/client/paging.ts';

export type AuditRow = z.infer<typeof auditRowSchema>;

export interface AuditNode {
  readonly path: string;
}

export interface AuditVerification {
  readonly rows: number;
  readonly intact: boolean;
  readonly brokenAt: string | null;
  readonly head: string;
}

/** Who did what, and whether that record is as it was written. */
export interface AuditClient {
  /** Newest first. */
  list(filter: Query, limit: number | undefined): Promise<AuditRow[]>;
  /** All nodes that a row concerns. */
  nodes(row: string, limit: number | undefined): Promise<AuditNode[]>;
  verify(): Promise<AuditVerification>;
}

export function createAuditClient(http: HttpClient): AuditClient {
  return {
    list: (query, limit) => allRows<AuditRow>(http, '/api/v1/audit', { query, limit }),
    nodes: (row, limit) => allRows<AuditNode>(http, `/api/v1/audit/${encodeURIComponent(row)}/nodes`, { limit }),
    verify: () => http.json('GET', '/api/v1/audit/verification'),
  };
}
