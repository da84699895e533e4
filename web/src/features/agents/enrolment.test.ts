import { describe, expect, it } from 'vitest';
import type { AuditRow } from '#web/nouns/audit/client.ts';
import { enrolmentOf } from './enrolment.ts';

const row = (more: Partial<AuditRow>): AuditRow => ({
  id: '1',
  at: '2026-11-21T10:00:00.000Z',
  actorId: null,
  actorName: 'join-token t',
  action: 'agent.enrol',
  outcome: 'allowed',
  target: 'web-1',
  nodes: [],
  nodeCount: 0,
  details: {},
  requestId: null,
  ip: null,
  ...more,
});

describe('the enrolment of a join token', () => {
  it('has not begun without rows', () => {
    expect(enrolmentOf([])).toEqual({ agentId: undefined, refused: [] });
  });

  it('names the agent that came, also after refusals', () => {
    const rows = [
      row({ id: '3', details: { agentId: 'a-1' } }),
      row({ id: '2', outcome: 'denied', target: 'web-9', details: { reason: 'other-name' } }),
    ];
    expect(enrolmentOf(rows)).toEqual({
      agentId: 'a-1',
      refused: [{ id: '2', at: '2026-11-21T10:00:00.000Z', name: 'web-9', reason: 'other-name' }],
    });
  });

  it('does not take another deed of the token for an enrolment', () => {
    expect(enrolmentOf([row({ action: 'agent.renew', details: { agentId: 'a-1' } })]).agentId).toBeUndefined();
  });
});
