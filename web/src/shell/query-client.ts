import { QueryClient } from '@tanstack/svelte-query';
import { ApiProblem } from '#web/lib/api/problem.ts';

const staleMs = 5_000;
const keepMs = 10 * 60_000;
const tries = 2;

/**
 * The memory of what the api answered. Only what may pass by itself is tried again; what a page shows stays while the api
 * is away.
 */
export function createAppQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: staleMs,
        gcTime: keepMs,
        networkMode: 'always',
        retry: (failures, error) => failures < tries && error instanceof ApiProblem && error.isTemporary,
        retryDelay: (failures) => 500 * 2 ** failures,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}
