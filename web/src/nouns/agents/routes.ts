import { type Query, withQuery } from '#web/lib/api/http.ts';

export const agentRoutes = {
  agents: (query: Query = {}) => withQuery('/agents', query),
};
