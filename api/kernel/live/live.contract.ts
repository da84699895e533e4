import { z } from '@hono/zod-openapi';
import { defineRoute } from '#api/kernel/contract/define-route.ts';

/** Topics at most on one stream. */
export const maxTopics = 50;

/** The stream of live events; `topics` says in words which there are. */
export function defineStreamEvents(topics: string) {
  return defineRoute(
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
            .describe(`${topics}; may be given up to ${maxTopics} times`),
          lastEventId: z.string().max(64).optional().describe('For clients that cannot send the Last-Event-ID header'),
        }),
      },
      responses: { 200: { description: 'A stream', content: { 'text/event-stream': { schema: z.string() } } } },
    },
  );
}
