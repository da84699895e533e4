import { z } from '@hono/zod-openapi';
import { announcementKinds, subjectNouns } from '#domain/names.ts';
import {
  defineRoute,
  flagQuery,
  json,
  jsonBody,
  pageOf,
  pageQuery,
  timeSchema,
} from '#api/kernel/contract/define-route.ts';

const tags = ['notifications'];

/** One message in the caller's web inbox. */
export const notificationSchema = z
  .object({
    id: z.string(),
    kind: z.enum(announcementKinds),
    subject: z.object({ noun: z.enum(subjectNouns), id: z.string() }).describe('What it is about'),
    ticketId: z.string().nullable().describe('The id of its subject, where that is a ticket'),
    title: z.string(),
    details: z.record(z.string(), z.unknown()),
    createdAt: timeSchema,
    readAt: timeSchema.nullable(),
  })
  .openapi('Notification');
export type Notification = z.infer<typeof notificationSchema>;

export const listNotifications = defineRoute('signed-in', {
  method: 'get',
  path: '/api/v1/notifications',
  tags,
  summary: 'My web inbox, newest first, with the number of unread messages',
  request: { query: z.object({ ...pageQuery, unread: flagQuery }) },
  responses: { 200: json(pageOf(notificationSchema).extend({ unread: z.int() }), 'A page') },
});

export const readNotifications = defineRoute('signed-in', {
  method: 'post',
  path: '/api/v1/notifications/read',
  tags,
  summary: 'Mark messages of mine as read: these, or all',
  request: {
    body: jsonBody(
      z
        .object({ ids: z.array(z.uuid()).min(1).max(1000).optional(), all: z.literal(true).optional() })
        .refine((which) => (which.ids === undefined) !== (which.all === undefined), {
          message: 'give either ids or all',
          path: ['ids'],
        }),
    ),
  },
  responses: { 200: json(z.object({ read: z.int(), unread: z.int() }), 'How many were marked, and are left unread') },
});
