import { z } from '@hono/zod-openapi';
import { defineRoute, json, pageOf, pageQuery, timeSchema } from './common.ts';

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

export const auditRowSchema = z
  .object({
    id: z.string(),
    at: timeSchema,
    actorId: z.string().nullable(),
    actorName: z.string(),
    action: z.string(),
    outcome: z.enum(['allowed', 'denied']),
    target: z.string(),
    node: z.string(),
    details: z.record(z.string(), z.unknown()),
    requestId: z.string().nullable(),
    ip: z.string().nullable(),
  })
  .openapi('AuditRow');

export const listAudit = defineRoute(
  { action: 'audit.view' },
  {
    method: 'get',
    path: '/api/v1/audit',
    tags: ['audit'],
    summary: 'The audit, newest first',
    request: {
      query: z.object({
        ...pageQuery,
        actor: z.string().max(128).optional(),
        action: z.string().max(128).optional().describe('Exact, or a beginning with * at the end'),
        outcome: z.enum(['allowed', 'denied']).optional(),
        target: z.string().max(1100).optional(),
        node: z.string().max(1100).optional().describe('This node and everything below it'),
        since: timeSchema.optional(),
        until: timeSchema.optional(),
      }),
    },
    responses: { 200: json(pageOf(auditRowSchema), 'A page') },
  },
);

export const verifyAudit = defineRoute(
  { action: 'audit.view' },
  {
    method: 'get',
    path: '/api/v1/audit/verification',
    tags: ['audit'],
    summary: 'Walk the whole chain of the audit',
    responses: {
      200: json(
        z.object({ rows: z.int(), intact: z.boolean(), brokenAt: z.string().nullable(), head: z.string() }),
        'The first row that is wrong, if any',
      ),
    },
  },
);

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
