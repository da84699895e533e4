import { z } from '@hono/zod-openapi';
import { parseDuration } from '#domain/tasks/duration.ts';
import { hostRunGroupNames, hostRunStates } from '#domain/tasks/host-run.ts';
import { secretReferenceSchema } from '#domain/secrets/secret-reference.ts';
import {
  taskActions,
  taskLimits,
  taskPayloadRequestSchema,
  taskStates,
  taskStrategySchema,
} from '#domain/tasks/task.ts';
import { nodePathSchema } from '#domain/tree/node.ts';
import { reasonShape } from '#api/kernel/contract/reason.ts';
import {
  defineRoute,
  idempotencyHeaders,
  json,
  jsonBody,
  pageOf,
  pageQuery,
  searchQuery,
  timeSchema,
} from '#api/kernel/contract/define-route.ts';

const tags = ['tasks'];

export const taskCountsSchema = z
  .object({
    total: z.int(),
    succeeded: z.int(),
    failed: z.int(),
    timedOut: z.int(),
    killed: z.int(),
    lost: z.int(),
    revoked: z.int(),
    buried: z.int(),
    pending: z.int(),
    running: z.int(),
  })
  .openapi('TaskCounts');

export const taskSummarySchema = z
  .object({
    id: z.string(),
    title: z.string(),
    state: z.enum(taskStates),
    requester: z.string(),
    nodes: z.array(z.string()),
    counts: taskCountsSchema,
    createdAt: timeSchema,
    startedAt: timeSchema.nullable(),
    endedAt: timeSchema.nullable(),
  })
  .openapi('TaskSummary');
export type TaskSummary = z.infer<typeof taskSummarySchema>;

export const taskDetailSchema = taskSummarySchema
  .extend({
    ticketId: z.string().nullable(),
    payload: z.object({
      script: z.string().optional(),
      command: z.array(z.string()).optional(),
      interpreter: z.string().optional(),
      args: z.array(z.string()),
      env: z.record(z.string(), z.union([z.string(), secretReferenceSchema])),
      workDir: z.string().optional(),
      runAs: z.string().optional(),
      timeoutMs: z.int(),
    }),
    strategy: z.object({ concurrency: z.int().optional(), onError: z.string() }),
    workflowId: z.string(),
    actions: z.array(
      z.object({
        name: z.enum(taskActions),
        allowed: z.boolean(),
        ...reasonShape,
      }),
    ),
  })
  .openapi('TaskDetail');
export type TaskDetail = z.infer<typeof taskDetailSchema>;

const duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, 'must be a duration like 30s, 5m or 1h30m')
  .refine(
    (text) => (parseDuration(text) ?? 0) <= taskLimits.timeoutMs.max,
    `must be at most ${taskLimits.timeoutMs.max / 86_400_000} days`,
  );

/** A script (or a command) and where to run it. Give `target.node` (a full name) or `target.hosts`. */
export const taskInputSchema = z
  .object({
    title: z.string().trim().min(1).max(200).optional(),
    target: z
      .object({
        node: nodePathSchema.optional().describe('All machines of this node and everything below it, by name'),
        hosts: z
          .array(z.string().trim().min(1).max(255))
          .min(1, 'name at least one host')
          .max(taskLimits.hosts)
          .optional()
          .describe('Agent names, machine names or addresses, in the order of hand-out'),
      })
      .refine((target) => (target.node === undefined) !== (target.hosts === undefined), {
        message: 'give either a node or hosts',
        path: ['node'],
      }),
    script: taskPayloadRequestSchema.shape.script,
    command: taskPayloadRequestSchema.shape.command,
    interpreter: taskPayloadRequestSchema.shape.interpreter,
    args: taskPayloadRequestSchema.shape.args,
    env: taskPayloadRequestSchema.shape.env.describe(
      'Values are texts, or secrets by name; a secret is pinned to one version',
    ),
    workDir: taskPayloadRequestSchema.shape.workDir,
    runAs: taskPayloadRequestSchema.shape.runAs,
    timeout: duration.optional().openapi({ example: '30s' }),
    strategy: taskStrategySchema.prefault({}),
    runAt: timeSchema.optional().describe('Not before this time; it then has a ticket, which waits for it'),
    expiresAt: timeSchema.optional().describe('Not after this time (default: an hour after runAt)'),
  })
  .openapi('TaskInput');
export type TaskInput = z.input<typeof taskInputSchema>;

/** `ticketId` is there where the policy asks for an approval first. */
export const submittedTaskSchema = z
  .object({
    id: z.string(),
    state: z.enum(taskStates),
    title: z.string(),
    ticketId: z.string().nullable(),
    counts: taskCountsSchema,
  })
  .openapi('SubmittedTask');
export type SubmittedTask = z.infer<typeof submittedTaskSchema>;

/** One host of a task, its latest attempt. Times of the run are by the host's clock. */
export const hostRunSchema = z
  .object({
    id: z.string(),
    ord: z.int(),
    host: z.string(),
    address: z.string(),
    agentId: z.string().nullable(),
    state: z.enum(hostRunStates),
    attempt: z.int(),
    code: z.int().nullable(),
    ...reasonShape,
    hostDetail: z.string().describe('What the host adds: the missing user, the faulty program'),
    exitCode: z.int().nullable(),
    signal: z.string().nullable(),
    late: z.boolean().describe('The result came after the host counted as lost'),
    startedAt: timeSchema.nullable(),
    finishedAt: timeSchema.nullable(),
    durationMs: z.int().nullable(),
    stdoutBytes: z.int(),
    stderrBytes: z.int(),
  })
  .openapi('HostRun');
export type HostRun = z.infer<typeof hostRunSchema>;

export const timelineEntrySchema = z
  .object({
    id: z.string(),
    at: timeSchema,
    kind: z.string(),
    actor: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
  })
  .openapi('TimelineEntry');
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;

/** What somebody asked of a task; `refused` has a reason. */
export const operationSchema = z
  .object({
    id: z.string(),
    taskId: z.string(),
    action: z.enum(taskActions),
    state: z.enum(['requested', 'applied', 'refused']),
    actor: z.string(),
    ...reasonShape,
    taskState: z.enum(taskStates),
    createdAt: timeSchema,
    handledAt: timeSchema.nullable(),
  })
  .openapi('TaskOperation');
export type TaskOperation = z.infer<typeof operationSchema>;

const taskParam = z.object({ id: z.uuid() });

export const submitTask = defineRoute(
  { action: 'task.run', node: 'body' },
  {
    method: 'post',
    path: '/api/v1/tasks',
    tags,
    summary: 'Run a script or a command on hosts',
    request: { headers: idempotencyHeaders, body: jsonBody(taskInputSchema) },
    responses: {
      201: json(submittedTaskSchema, 'On its way'),
      202: json(submittedTaskSchema, 'Waits for the approval of ticketId'),
    },
  },
);

export const listTasks = defineRoute(
  { action: 'task.view', node: 'filtered' },
  {
    method: 'get',
    path: '/api/v1/tasks',
    tags,
    summary: 'Tasks, newest first',
    request: {
      query: z.object({
        ...pageQuery,
        state: z.enum(taskStates).optional(),
        requester: z.string().max(128).optional().describe('A name, or `me`'),
        node: z.string().max(1100).optional().describe('Tasks of this node and everything below it'),
        q: searchQuery,
      }),
    },
    responses: { 200: json(pageOf(taskSummarySchema), 'A page') },
  },
);

export const getTask = defineRoute(
  { action: 'task.view', subject: 'task' },
  {
    method: 'get',
    path: '/api/v1/tasks/{id}',
    tags,
    summary: 'One task with live counts and what may be done to it',
    request: { params: taskParam },
    responses: { 200: json(taskDetailSchema, 'The task') },
  },
);

export const listTaskHosts = defineRoute(
  { action: 'task.view', subject: 'task' },
  {
    method: 'get',
    path: '/api/v1/tasks/{id}/hosts',
    tags,
    summary: 'Hosts of a task in the order of hand-out',
    request: {
      params: taskParam,
      query: z.object({
        ...pageQuery,
        group: z.enum(hostRunGroupNames).optional(),
        state: z.enum(hostRunStates).optional(),
        q: searchQuery,
      }),
    },
    responses: { 200: json(pageOf(hostRunSchema), 'A page') },
  },
);

export const getTaskOutput = defineRoute(
  { action: 'task.view', subject: 'task' },
  {
    method: 'get',
    path: '/api/v1/tasks/{id}/output',
    tags,
    summary: 'What the script wrote on one host, byte for byte; X-Total-Bytes and X-Truncated say how much there was',
    request: {
      params: taskParam,
      query: z.object({
        host: z.string().min(1).max(255).describe('As named in the task, or its address'),
        stream: z.enum(['stdout', 'stderr']).default('stdout'),
        attempt: z.coerce.number().int().min(1).max(1_000_000).optional(),
      }),
    },
    responses: {
      200: {
        description: 'Raw bytes',
        content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
      },
    },
  },
);

export const getTaskTimeline = defineRoute(
  { action: 'task.view', subject: 'task' },
  {
    method: 'get',
    path: '/api/v1/tasks/{id}/timeline',
    tags,
    summary: 'What happened to a task, in order',
    request: { params: taskParam, query: z.object(pageQuery) },
    responses: { 200: json(pageOf(timelineEntrySchema), 'A page') },
  },
);

function operationRoute<const Action extends (typeof taskActions)[number]>(action: Action, summary: string) {
  return defineRoute(
    { action: 'task.run', subject: 'task' },
    {
      method: 'post',
      path: `/api/v1/tasks/{id}/${action}`,
      tags,
      summary,
      request: { params: taskParam, headers: idempotencyHeaders },
      responses: {
        200: json(operationSchema, 'Done'),
        202: json(operationSchema, 'Asked for, not confirmed yet: look at the operation'),
      },
    },
  );
}

export const pauseTask = operationRoute('pause', 'Hand out no further hosts; those in flight finish');
export const continueTask = operationRoute('continue', 'Hand out hosts again');
export const killTask = operationRoute('kill', 'Withdraw waiting hosts and kill what runs');
export const retryFailedTask = operationRoute('retry-failed', 'Run the hosts again that did not succeed');

export const getTaskOperation = defineRoute(
  { action: 'task.view', subject: 'task' },
  {
    method: 'get',
    path: '/api/v1/tasks/{id}/operations/{operation}',
    tags,
    summary: 'What became of an operation',
    request: { params: taskParam.extend({ operation: z.uuid() }) },
    responses: { 200: json(operationSchema, 'The operation') },
  },
);
