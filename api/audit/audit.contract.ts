import { z } from '@hono/zod-openapi';
import { firstNodesShape } from '#api/kernel/contract/first-nodes.ts';
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
    ...firstNodesShape,
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

export const listAuditNodes = defineRoute(
  { action: 'audit.view' },
  {
    method: 'get',
    path: '/api/v1/audit/{id}/nodes',
    tags: ['audit'],
    summary: 'All nodes that one row of the audit concerns, in its order',
    request: {
      params: z.object({ id: z.string().regex(/^[1-9]\d{0,17}$/, 'must be the number of a row') }),
      query: z.object(pageQuery),
    },
    responses: { 200: json(pageOf(z.object({ path: z.string() })), 'A page') },
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
