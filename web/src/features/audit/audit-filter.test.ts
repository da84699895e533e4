import { describe, expect, it } from 'vitest';
import { auditQuery, isFiltered, noAuditFilter } from './audit-filter.ts';

describe('the filter of the audit', () => {
  it('asks for nothing where nothing is set', () => {
    expect(auditQuery(noAuditFilter)).toEqual({});
    expect(isFiltered(noAuditFilter)).toBe(false);
  });

  it('takes texts without the space around them', () => {
    const filter = { ...noAuditFilter, actor: ' alice ', action: 'task.*', node: '  ' };
    expect(auditQuery(filter)).toEqual({ actor: 'alice', action: 'task.*' });
    expect(isFiltered(filter)).toBe(true);
  });

  it('asks for local times as the instants they are', () => {
    const { since, until } = auditQuery({ ...noAuditFilter, since: '2026-11-21T10:00', until: '2026-11-22' });
    expect(since).toBe(new Date(2026, 10, 21, 10).toISOString());
    expect(until).toBe(new Date(2026, 10, 22).toISOString());
  });

  it('does not ask for what somebody wrote into the address by hand', () => {
    expect(auditQuery({ ...noAuditFilter, outcome: 'maybe', since: 'yesterday' })).toEqual({});
  });
});
