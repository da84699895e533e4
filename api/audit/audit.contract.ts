import { z } from '@hono/zod-openapi';
import { defineRoute, json, pageOf, pageQuery, timeSchema } from '#api/kernel/contract/define-route.ts';

export const auditRowSchema = z
  .object({
    id: z.string(),
    at: timeSchema,
    actorId: z.string().nullable(),
    actorName: z.string(),
    action: z.string(),
    outcome: z.enum(['allowed', 'denied']),
    target: z.string(),
    nodes: z.array(z.string()).describe('Full names of all nodes concerned'),
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
        node: z.string().max(1100).optional().describe('Rows that concern this node or one below it'),
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
