import type { Agent, agentDetailSchema } from '#api/agents/agents.contract.ts';
import type { Machine } from '#api/tree/tree.contract.ts';
import type { AgentState } from '#domain/agents/agent.ts';
import type { z } from '@hono/zod-openapi';
import type { HttpClient } from '../kernel/client/http.ts';
import { allRows } from '../kernel/client/paging.ts';

export type AgentDetail = z.infer<typeof agentDetailSchema>;

export interface NewJoinToken {
  readonly id: string;
  readonly token: string;
  readonly expiresAt: string;
}

/** Agents and machines, by name or id. */
export interface AgentsClient {
  list(options: {
    q?: string | undefined;
    state?: AgentState | undefined;
    limit?: number | undefined;
  }): Promise<Agent[]>;
  get(agent: string): Promise<AgentDetail>;
  revoke(agent: string): Promise<Agent>;
  createJoinToken(input: { agentName?: string; node?: string; expiresInMinutes?: number }): Promise<NewJoinToken>;
  machines(options: { q?: string | undefined; limit?: number | undefined }): Promise<Machine[]>;
}

export function createAgentsClient(http: HttpClient): AgentsClient {
  const agentPath = (agent: string) => `/api/v1/agents/${encodeURIComponent(agent)}`;
  return {
    list: ({ q, state, limit }) => allRows<Agent>(http, '/api/v1/agents', { query: { q, state }, limit }),
    get: (agent) => http.json('GET', agentPath(agent)),
    revoke: (agent) => http.json('POST', `${agentPath(agent)}/revoke`),
    createJoinToken: (body) => http.json('POST', '/api/v1/join-tokens', { body }),
    machines: ({ q, limit }) => allRows<Machine>(http, '/api/v1/machines', { query: { q }, limit }),
  };
}
