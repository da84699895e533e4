import { z } from '@hono/zod-openapi';
import { changeKindNames } from '#domain/names.ts';
import { risks } from '#domain/changes/change-kind.ts';
import { maxTicketMessage, ticketActions, ticketStates } from '#domain/tickets/ticket.ts';
import { firstNodesShape } from '#api/kernel/contract/first-nodes.ts';
import { reasonSchema, reasonShape } from '#api/kernel/contract/reason.ts';
import {
  defineRoute,
  idempotencyHeaders,
  json,
  jsonBody,
  pageOf,
  pageQuery,
  timeSchema,
} from '#api/kernel/contract/define-route.ts';
import { taskInputSchema } from '#api/tasks/tasks.contract.ts';

const tags = ['tickets'];

export const ticketSummarySchema = z
  .object({
    id: z.string(),
    kind: z.enum(changeKindNames),
    title: z.string(),
    state: z.enum(ticketStates),
    requester: z.string(),
    ...firstNodesShape,
    version: z.int(),
    contentHash: z.string(),
    /** Set for kind `task.run`. */
    taskId: z.string().nullable(),
    risk: z.enum(risks),
    stepsPassed: z.int(),
    steps: z.int(),
    /** Whether the reader can decide now. */
    mineToDecide: z.boolean(),
    createdAt: timeSchema,
    timeoutAt: timeSchema.nullable(),
    runAt: timeSchema.nullable(),
    endedAt: timeSchema.nullable(),
  })
  .openapi('TicketSummary');
export type TicketSummary = z.infer<typeof ticketSummarySchema>;

export const ticketDecisionSchema = z
  .object({
    id: z.string(),
    version: z.int(),
    step: z.int().describe('Counted from 1'),
    verdict: z.enum(['approve', 'reject', 'pass']),
    actor: z.string(),
    message: z.string(),
    contentHash: z.string(),
    early: z.boolean().describe('Made before its step began; counted once that begins'),
    voided: z.array(reasonSchema).nullable().describe('Why it no longer counts; null: it counts'),
    at: timeSchema,
  })
  .openapi('TicketDecision');

export const ticketStepSchema = z
  .object({
    step: z.int(),
    state: z.enum(['passed', 'current', 'waiting']),
    need: z.union([z.enum(['any', 'all']), z.int()]),
    approvedBy: z.array(z.string()),
    approvers: z.array(z.string()).describe('Names of those who can approve now'),
    policyNode: z.string().nullable(),
    timeoutMs: z.int(),
    onTimeout: z.enum(['escalate', 'refuse', 'pass']),
  })
  .openapi('TicketStep');

export const ticketDetailSchema = ticketSummarySchema
  .extend({
    content: z
      .object({
        kind: z.enum(changeKindNames),
        schemaVersion: z.int(),
        payload: z.record(z.string(), z.unknown()).describe('Exactly what will run'),
        targets: z.array(z.object({ id: z.string(), name: z.string(), generation: z.string() })),
        baseVersion: z.string(),
        runAt: timeSchema.nullable(),
      })
      .describe('What the content hash is of; the first 1,000 targets'),
    targetsTotal: z.int(),
    policyVersion: z.string(),
    fourEyes: z.boolean(),
    flow: z.array(ticketStepSchema),
    decisions: z.array(ticketDecisionSchema),
    expiresAt: timeSchema.nullable(),
    ...reasonShape,
    result: z.object({ succeeded: z.boolean(), details: z.record(z.string(), z.unknown()).optional() }).nullable(),
    workflowId: z.string(),
    actions: z.array(
      z.object({
        name: z.enum(ticketActions),
        allowed: z.boolean(),
        ...reasonShape,
      }),
    ),
  })
  .openapi('TicketDetail');
export type TicketDetail = z.infer<typeof ticketDetailSchema>;

export const ticketDiffSchema = z
  .object({
    from: z.int().describe('Version; 0: nothing'),
    to: z.int(),
    sections: z.array(
      z.object({
        title: z.string(),
        language: z.string(),
        before: z.string(),
        after: z.string(),
        unified: z.string(),
        leftOut: z
          .object({ unchanged: z.int(), removed: z.int(), added: z.int(), reordered: z.boolean() })
          .nullable()
          .describe(
            'Of a long list only what changed is shown: how many lines are not, and whether those that stay come in another order. Null: all are',
          ),
      }),
    ),
  })
  .openapi('TicketDiff');
export type TicketDiff = z.infer<typeof ticketDiffSchema>;

export const ticketTimelineSchema = z
  .object({
    id: z.string(),
    at: timeSchema,
    kind: z.string(),
    actor: z.string().nullable(),
    version: z.int(),
    details: z.record(z.string(), z.unknown()),
  })
  .openapi('TicketTimelineEntry');
export type TicketTimelineEntry = z.infer<typeof ticketTimelineSchema>;

export const ticketOperationSchema = z
  .object({
    id: z.string(),
    ticketId: z.string(),
    action: z.enum(ticketActions),
    state: z.enum(['requested', 'applied', 'refused']),
    actor: z.string(),
    ...reasonShape,
    ticketState: z.enum(ticketStates),
    createdAt: timeSchema,
    handledAt: timeSchema.nullable(),
  })
  .openapi('TicketOperation');
export type TicketOperation = z.infer<typeof ticketOperationSchema>;

const ticketParam = z.object({ id: z.uuid() });
const message = z.string().trim().max(maxTicketMessage);
const userName = z.string().trim().min(1).max(64);

/** A decision is for exactly this content: another one is refused (`stale-content`). */
const decidedContent = z
  .string('say which content: the contentHash of the ticket as you read it')
  .min(1)
  .max(128)
  .describe('Content hash of what is decided');

/** A change of any kind, proposed in so many words. `task.run` can also go by POST /tasks. */
export const ticketInputSchema = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('task.run'), task: taskInputSchema }),
    z.object({
      kind: z.literal('manual.step'),
      node: z.string().max(1024),
      title: z.string().trim().min(1).max(200),
      instructions: z
        .string()
        .trim()
        .min(1)
        .max(64 * 1024),
      runAt: timeSchema.optional(),
      expiresAt: timeSchema.optional(),
    }),
  ])
  .openapi('TicketInput');

export const openedTicketSchema = z
  .object({
    id: z.string().nullable().describe('Null where policy lets it happen at once'),
    state: z.enum(ticketStates).nullable(),
    contentHash: z.string().nullable(),
    taskId: z.string().nullable(),
  })
  .openapi('OpenedTicket');

export const listTickets = defineRoute(
  { action: 'ticket.view', node: 'filtered' },
  {
    method: 'get',
    path: '/api/v1/tickets',
    tags,
    summary: 'Tickets, newest first: mine to decide, mine requested, or all that I may see',
    request: {
      query: z.object({
        scope: z.enum(['to-decide', 'requested', 'visible']).default('visible'),
        state: z.enum([...ticketStates, 'open', 'ended']).optional(),
        kind: z.enum(changeKindNames).optional(),
        ...pageQuery,
      }),
    },
    responses: { 200: json(pageOf(ticketSummarySchema), 'A page') },
  },
);

export const createTicket = defineRoute(
  { action: 'task.run', node: 'body' },
  {
    method: 'post',
    path: '/api/v1/tickets',
    tags,
    summary: 'Propose a change of any kind',
    request: { headers: idempotencyHeaders, body: jsonBody(ticketInputSchema) },
    responses: {
      201: json(openedTicketSchema, 'Policy lets it happen at once'),
      202: json(openedTicketSchema, 'It waits for its ticket'),
    },
  },
);

export const getTicket = defineRoute(
  { action: 'ticket.view', subject: 'ticket' },
  {
    method: 'get',
    path: '/api/v1/tickets/{id}',
    tags,
    summary: 'A ticket with exactly what will run, its approval and its result',
    request: { params: ticketParam },
    responses: { 200: json(ticketDetailSchema, 'The ticket') },
  },
);

export const getTicketDiff = defineRoute(
  { action: 'ticket.view', subject: 'ticket' },
  {
    method: 'get',
    path: '/api/v1/tickets/{id}/diff',
    tags,
    summary: 'What changes, from one version (default: the one before) to another (default: the current one)',
    request: {
      params: ticketParam,
      query: z.object({
        from: z.coerce.number().int().min(0).max(10_000).optional(),
        to: z.coerce.number().int().min(1).max(10_000).optional(),
      }),
    },
    responses: { 200: json(ticketDiffSchema, 'The difference') },
  },
);

export const listTicketTimeline = defineRoute(
  { action: 'ticket.view', subject: 'ticket' },
  {
    method: 'get',
    path: '/api/v1/tickets/{id}/timeline',
    tags,
    summary: 'What happened, in order',
    request: { params: ticketParam, query: z.object(pageQuery) },
    responses: { 200: json(pageOf(ticketTimelineSchema), 'A page') },
  },
);

export const getTicketOperation = defineRoute(
  { action: 'ticket.view', subject: 'ticket' },
  {
    method: 'get',
    path: '/api/v1/tickets/{id}/operations/{operation}',
    tags,
    summary: 'How an operation stands that was answered with 202',
    request: { params: ticketParam.extend({ operation: z.uuid() }) },
    responses: { 200: json(ticketOperationSchema, 'The operation') },
  },
);

const operationAnswers = {
  200: json(ticketOperationSchema, 'Done'),
  202: json(ticketOperationSchema, 'Written down; carried out as soon as a worker is there'),
};

/** Who may do which of these is for the ticket's flow to say: the rule lets in whoever may see the ticket. */
function operation<Path extends string, Body extends z.ZodType>(path: Path, summary: string, body: Body) {
  return defineRoute(
    { action: 'ticket.view', subject: 'ticket' },
    {
      method: 'post',
      path,
      tags,
      summary,
      request: { params: ticketParam, headers: idempotencyHeaders, body: jsonBody(body) },
      responses: operationAnswers,
    },
  );
}

export const approveTicket = operation(
  '/api/v1/tickets/{id}/approve',
  'Approve exactly this content',
  z.object({
    message: message.default(''),
    contentHash: decidedContent,
    step: z.int().min(1).max(100).optional().describe('A later step in advance; else the current one'),
  }),
);
export const rejectTicket = operation(
  '/api/v1/tickets/{id}/reject',
  'Reject exactly this content, with a reason',
  z.object({ message: message.min(1, 'say why'), contentHash: decidedContent }),
);
export const withdrawTicket = operation(
  '/api/v1/tickets/{id}/withdraw',
  'Take back what one has asked for',
  z.object({ message: message.default('') }).prefault({}),
);
export const commentTicket = operation(
  '/api/v1/tickets/{id}/comment',
  'Say something',
  z.object({ message: message.min(1, 'say something') }),
);
export const transferTicket = operation(
  '/api/v1/tickets/{id}/transfer',
  'Hand one’s part in the current step to somebody else',
  z.object({ user: userName, message: message.default('') }),
);
export const addTicketApprover = operation(
  '/api/v1/tickets/{id}/add-approver',
  'Let somebody else approve the current step too',
  z.object({ user: userName, message: message.default('') }),
);
export const resubmitTicket = operation(
  '/api/v1/tickets/{id}/resubmit',
  'Ask for something else instead: a new version, for which everybody decides anew',
  z.object({ task: taskInputSchema, message: message.default('') }),
);
export const completeTicket = operation(
  '/api/v1/tickets/{id}/complete',
  'Tell how a manual step ended',
  z.object({ outcome: z.enum(['done', 'failed']), message: message.default('') }),
);
