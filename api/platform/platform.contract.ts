import { z } from '@hono/zod-openapi';
import { defineRoute, json } from '#api/kernel/contract/define-route.ts';

export const statusSchema = z
  .object({
    ready: z.boolean(),
    /** Why it is not ready. */
    reasons: z.array(z.string()),
    version: z.string(),
    addresses: z.object({
      web: z.string(),
      temporalUi: z.string(),
      temporal: z.string(),
      gateway: z.string(),
      postgres: z.string(),
    }),
    processes: z.array(z.looseObject({ role: z.string(), pid: z.int() })),
    agents: z.object({ online: z.int(), total: z.int() }),
  })
  .openapi('Status');
export type Status = z.infer<typeof statusSchema>;

export const getStatus = defineRoute(
  { action: 'platform.view' },
  {
    method: 'get',
    path: '/api/v1/status',
    tags: ['platform'],
    summary: 'Is the platform ready, and where is what',
    responses: { 200: json(statusSchema, 'Now') },
  },
);
