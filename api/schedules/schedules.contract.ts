import { z } from '@hono/zod-openapi';
import { changeKindNames } from '#domain/names.ts';
import { changeStates } from '#domain/changes/change-kind.ts';
import { nameSchema } from '#domain/name-rule.ts';
import { cronSchema, zoneSchema } from '#domain/schedules/cron.ts';
import { firingStates, overlapPolicies, scheduleLimits } from '#domain/schedules/schedule.ts';
import { nodePathSchema } from '#domain/tree/node.ts';
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
import { reasonShape } from '#api/kernel/contract/reason.ts';
import { taskInputSchema } from '#api/tasks/tasks.contract.ts';

const tags = ['schedules'];

const timing = {
  cron: cronSchema.describe('Minute, hour, day of month, month, day of week').openapi({ example: '30 3 * * 1-5' }),
  zone: zoneSchema.default('UTC').describe('IANA name of the time zone in which it is read'),
};

export const scheduleSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    node: z.string().nullable().describe('Full name of the node it belongs to; null: the whole platform'),
    description: z.string(),
    kind: z.enum(changeKindNames),
    cron: z.string(),
    zone: z.string(),
    overlap: z.enum(overlapPolicies),
    catchUpMs: z.int().describe('How late a firing may be'),
    paused: z.boolean(),
    owner: z.string().describe('With whose rights, as they are then, it fires: whoever edited it last'),
    version: z.int(),
    createdBy: z.string(),
    createdAt: timeSchema,
    updatedAt: timeSchema,
    lastState: z.enum(firingStates).nullable(),
    lastDueAt: timeSchema.nullable(),
    nextAt: timeSchema.nullable().describe('Null while it is paused'),
  })
  .openapi('Schedule');
export type Schedule = z.infer<typeof scheduleSchema>;

export const scheduleDetailSchema = scheduleSchema
  .extend({
    payload: z.record(z.string(), z.unknown()).describe('What it proposes each time, as its kind takes it'),
    next: z.array(timeSchema).describe('The next ten times at which it is due, paused or not'),
    mayEdit: z.boolean(),
  })
  .openapi('ScheduleDetail');
export type ScheduleDetail = z.infer<typeof scheduleDetailSchema>;

/** `task` is what it runs each time; its target is looked up anew each time. */
export const scheduleInputSchema = z
  .object({
    name: nameSchema('.-_').describe('Unique'),
    node: nodePathSchema
      .optional()
      .describe('Node it belongs to; without: that of its target, or for named hosts the whole platform'),
    description: z.string().trim().max(500).default(''),
    ...timing,
    overlap: z
      .enum(overlapPolicies)
      .default('skip')
      .describe('While the one before is not over: leave it out, keep one until then, or end the one before'),
    catchUpMs: z
      .int()
      .min(scheduleLimits.catchUpMs.least)
      .max(scheduleLimits.catchUpMs.most)
      .default(scheduleLimits.catchUpMs.default),
    task: taskInputSchema.omit({ runAt: true, expiresAt: true }),
  })
  .openapi('ScheduleInput');
export type ScheduleInput = z.input<typeof scheduleInputSchema>;

export const firingSchema = z
  .object({
    dueAt: timeSchema,
    state: z.enum(firingStates),
    byHand: z.boolean(),
    decidedAt: timeSchema,
    subjectId: z.string().nullable().describe('What it has started: a task, for kind task.run'),
    ticketId: z.string().nullable(),
    changeState: z.enum(changeStates).nullable().describe('How that stands'),
    ...reasonShape,
  })
  .openapi('Firing');
export type Firing = z.infer<typeof firingSchema>;

const scheduleParam = z.object({ id: z.uuid() });
const view = { action: 'schedule.view', subject: 'schedule' } as const;
const edit = { action: 'schedule.edit', subject: 'schedule' } as const;
const path = '/api/v1/schedules/{id}' as const;
const times = z.object({ next: z.array(timeSchema) });
const count = z.coerce.number().int().min(1).max(scheduleLimits.next).default(10);

export const listSchedules = defineRoute(
  { action: 'schedule.view', node: 'filtered' },
  {
    method: 'get',
    path: '/api/v1/schedules',
    tags,
    summary: 'Schedules by name',
    request: {
      query: z.object({
        ...pageQuery,
        q: searchQuery.describe('Part of a name or description'),
        name: nameSchema('.-_').optional().describe('Exactly this one'),
      }),
    },
    responses: { 200: json(pageOf(scheduleSchema), 'A page') },
  },
);

export const createSchedule = defineRoute(
  { action: 'schedule.edit', node: 'body' },
  {
    method: 'post',
    path: '/api/v1/schedules',
    tags,
    summary: 'Have a task proposed again and again, with the rights that its owner has each time',
    request: { body: jsonBody(scheduleInputSchema) },
    responses: { 201: json(scheduleDetailSchema, 'It fires from now on') },
  },
);

export const listFiringTimes = defineRoute('signed-in', {
  method: 'get',
  path: '/api/v1/firing-times',
  tags,
  summary: 'When a cron expression would fire next',
  request: { query: z.object({ ...timing, count }) },
  responses: { 200: json(times, 'The next times') },
});

export const getSchedule = defineRoute(view, {
  method: 'get',
  path,
  tags,
  summary: 'A schedule with what it runs and when it fires next',
  request: { params: scheduleParam },
  responses: { 200: json(scheduleDetailSchema, 'The schedule') },
});

export const updateSchedule = defineRoute(edit, {
  method: 'put',
  path,
  tags,
  summary: 'Put other content in its place; whoever does becomes its owner',
  request: {
    params: scheduleParam,
    body: jsonBody(scheduleInputSchema.extend({ version: z.int().describe('As you read it') })),
  },
  responses: { 200: json(scheduleDetailSchema, 'As it is now') },
});

export const deleteSchedule = defineRoute(edit, {
  method: 'delete',
  path,
  tags,
  summary: 'It fires no more; what it has started goes on',
  request: { params: scheduleParam },
  responses: { 200: json(z.object({ deleted: z.literal(true) }), 'Gone') },
});

function act<const Verb extends 'pause' | 'continue'>(verb: Verb, summary: string) {
  return defineRoute(edit, {
    method: 'post',
    path: `${path}/${verb}`,
    tags,
    summary,
    request: { params: scheduleParam },
    responses: { 200: json(scheduleDetailSchema, 'As it is now') },
  });
}
export const pauseSchedule = act('pause', 'It fires no more until it is continued; what it has started goes on');
export const continueSchedule = act('continue', 'It fires again; what was due meanwhile is not made up for');

export const runScheduleNow = defineRoute(edit, {
  method: 'post',
  path: `${path}/run-now`,
  tags,
  summary: 'Fire now, with the rights of whoever asks',
  request: { params: scheduleParam, headers: idempotencyHeaders },
  responses: { 201: json(firingSchema, 'It was started, or waits for the one before') },
});

export const listFirings = defineRoute(view, {
  method: 'get',
  path: `${path}/firings`,
  tags,
  summary: 'What became of each time at which it was due, newest first',
  request: { params: scheduleParam, query: z.object({ ...pageQuery, state: z.enum(firingStates).optional() }) },
  responses: { 200: json(pageOf(firingSchema), 'A page') },
});

export const listNextFirings = defineRoute(view, {
  method: 'get',
  path: `${path}/next`,
  tags,
  summary: 'The next times at which it is due, paused or not',
  request: { params: scheduleParam, query: z.object({ count }) },
  responses: { 200: json(times, 'The next times') },
});
