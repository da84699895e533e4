import type { auditRowSchema } from '#api/audit/audit.contract.ts';
import type { Status } from '#api/platform/platform.contract.ts';
import type { z } from '@hono/zod-openapi';
import type { HttpClient, Query } from '../kernel/client/http.ts';
import { allRows } from '../kernel/client/paging.ts';

export type AuditRow = z.infer<typeof auditRowSchema>;

export interface AuditVerification {
  readonly rows: number;
  readonly intact: boolean;
  readonly brokenAt: string | null;
  readonly head: string;
}

/** The platform's own state and its audit. */
export interface PlatformClient {
  /** Asked once: a platform that is down is an answer too. */
  status(): Promise<Status>;
  audit(filter: Query, limit: number | undefined): Promise<AuditRow[]>;
  verifyAudit(): Promise<AuditVerification>;
}

export function createPlatformClient(http: HttpClient): PlatformClient {
  return {
    status: () => http.json('GET', '/api/v1/status', { patienceMs: 0 }),
    audit: (query, limit) => allRows<AuditRow>(http, '/api/v1/audit', { query, limit }),
    verifyAudit: () => http.json('GET', '/api/v1/audit/verification'),
  };
}
