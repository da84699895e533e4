import { parseInstant } from '#domain/instant.ts';
import type { AuditQuery } from '#web/nouns/audit/client.ts';

/** The filters as they stand in the address; times as `<input type="datetime-local">` writes them, in local time. */
export const noAuditFilter = {
  actor: '',
  action: '',
  outcome: '',
  target: '',
  node: '',
  since: '',
  until: '',
} as const;
export type AuditFilter = Readonly<Record<keyof typeof noAuditFilter, string>>;

function instant(local: string): string | undefined {
  return parseInstant(local).at?.toISOString();
}

/** What to ask the api for; what is empty or no time is not asked for. */
export function auditQuery(filter: AuditFilter): AuditQuery {
  const { outcome } = filter;
  const texts = { actor: filter.actor, action: filter.action, target: filter.target, node: filter.node };
  const since = instant(filter.since);
  const until = instant(filter.until);
  return {
    ...Object.fromEntries(
      Object.entries(texts).flatMap(([name, text]) => (text.trim() === '' ? [] : [[name, text.trim()]])),
    ),
    ...(outcome === 'allowed' || outcome === 'denied' ? { outcome } : {}),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

/** Whether anything is filtered for. */
export function isFiltered(filter: AuditFilter): boolean {
  return Object.keys(auditQuery(filter)).length > 0;
}
