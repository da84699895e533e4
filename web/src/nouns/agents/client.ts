import type { Agent, agentDetailSchema } from '#api/agents/agents.contract.ts';
import type { z } from 'zod';
import { type Page, request, segment } from '../../lib/api/http.ts';

export type { Agent };
export type AgentDetail = z.infer<typeof agentDetailSchema>;

/** A token with which one agent may enrol; shown once. */
export interface JoinToken {
  readonly id: string;
  readonly token: string;
  readonly expiresAt: string;
}

const base = '/api/v1/agents';

export const agents = {
  list: (query: { state?: Agent['state']; q?: string; cursor?: string; limit?: number }) =>
    request<Page<Agent>>('GET', base, { query }),
  get: (agent: string) => request<AgentDetail>('GET', `${base}/${segment(agent)}`),
  revoke: (agent: string) => request<Agent>('POST', `${base}/${segment(agent)}/revoke`),
  createJoinToken: (input: { agentName?: string; node?: string; expiresInMinutes?: number }) =>
    request<JoinToken>('POST', '/api/v1/join-tokens', { body: input }),
};
