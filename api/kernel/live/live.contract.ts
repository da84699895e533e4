import { z } from '@hono/zod-openapi';
import { defineRoute } from '#api/kernel/contract/define-route.ts';

export const streamEvents = defineRoute(
  { action: 'platform.view' },
  {
    method: 'get',
    path: '/api/v1/events',
    tags: ['live'],
    summary: 'Live changes as server-sent events; resumable by Last-Event-ID; `reset` says: load anew',
    request: {
      query: z.object({
        topic: z
          .union([z.string(), z.array(z.string())])
          .describe(
            'tasks, task:<id>, tickets, ticket:<id>, inbox (one’s own), scripts, agents or tree; may be given up to 50 times',
          ),
        lastEventId: z.string().max(64).optional().describe('For clients that cannot send the Last-Event-ID header'),
      }),
    },
    responses: { 200: { description: 'A stream', content: { 'text/event-stream': { schema: z.string() } } } },
  },
);
