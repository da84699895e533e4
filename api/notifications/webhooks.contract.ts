import { z } from '@hono/zod-openapi';
import { announcementKinds } from '#domain/names.ts';
import { testKind } from '#domain/notifications/channel.ts';
import { defineRoute, json, jsonBody, pageOf, pageQuery, timeSchema } from '#api/kernel/contract/define-route.ts';

const tags = ['webhooks'];
const rule = { action: 'webhook.manage' } as const;

const kinds = z.array(z.enum(announcementKinds)).max(announcementKinds.length);

/** Where events are posted, signed by Standard Webhooks. Without its secret: that is shown once, when it is made. */
export const webhookSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    url: z.string(),
    enabled: z.boolean().describe('False also after an answer 410: the receiver wants no more'),
    kinds: kinds.describe('Empty: all'),
    createdBy: z.string(),
    createdAt: timeSchema,
    pending: z.int().describe('Messages that wait to be sent'),
    lastDelivery: z
      .object({ at: timeSchema, state: z.enum(['pending', 'delivered', 'given-up']), status: z.int().nullable() })
      .nullable(),
  })
  .openapi('Webhook');
export type Webhook = z.infer<typeof webhookSchema>;

/** `secret` (`whsec_…`) is shown this once. */
export const newWebhookSchema = webhookSchema.extend({ secret: z.string() }).openapi('NewWebhook');
export type NewWebhook = z.infer<typeof newWebhookSchema>;

/** One message to one webhook. `id` is what the receiver sees as `webhook-id`, the same at each attempt. */
export const webhookDeliverySchema = z
  .object({
    id: z.string(),
    kind: z.enum([...announcementKinds, testKind]),
    state: z.enum(['pending', 'delivered', 'given-up']),
    attempts: z.int(),
    nextAt: timeSchema.nullable().describe('When it is sent (again), while it is pending'),
    lastStatus: z.int().nullable().describe('HTTP status of the last answer'),
    lastError: z.string().nullable(),
    body: z.record(z.string(), z.unknown()),
    createdAt: timeSchema,
    deliveredAt: timeSchema.nullable(),
  })
  .openapi('WebhookDelivery');
export type WebhookDelivery = z.infer<typeof webhookDeliverySchema>;

const webhookParam = z.object({ webhook: z.string().min(1).max(128).openapi({ description: 'Name or id' }) });
const deliveryParam = webhookParam.extend({ delivery: z.uuid() });

export const listWebhooks = defineRoute(rule, {
  method: 'get',
  path: '/api/v1/webhooks',
  tags,
  summary: 'Webhooks by name',
  request: { query: z.object(pageQuery) },
  responses: { 200: json(pageOf(webhookSchema), 'A page') },
});

export const createWebhook = defineRoute(rule, {
  method: 'post',
  path: '/api/v1/webhooks',
  tags,
  summary: 'Create a webhook; the answer has its secret, this once',
  request: {
    body: jsonBody(
      z.object({
        name: z
          .string()
          .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'must be 1–63 of a–z, 0–9, dot, dash, underscore')
          .describe('Unique'),
        url: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).max(2048),
        kinds: kinds.default([]).describe('Which events; empty: all'),
      }),
    ),
  },
  responses: { 201: json(newWebhookSchema, 'Created') },
});

export const getWebhook = defineRoute(rule, {
  method: 'get',
  path: '/api/v1/webhooks/{webhook}',
  tags,
  summary: 'One webhook',
  request: { params: webhookParam },
  responses: { 200: json(webhookSchema, 'The webhook') },
});

export const updateWebhook = defineRoute(rule, {
  method: 'patch',
  path: '/api/v1/webhooks/{webhook}',
  tags,
  summary: 'Enable or disable a webhook, or choose its events; disabling gives up what waits to be sent',
  request: {
    params: webhookParam,
    body: jsonBody(
      z
        .object({ enabled: z.boolean().optional(), kinds: kinds.optional() })
        .refine((change) => Object.keys(change).length > 0, { message: 'give enabled or kinds', path: ['enabled'] }),
    ),
  },
  responses: { 200: json(webhookSchema, 'As it is now') },
});

export const deleteWebhook = defineRoute(rule, {
  method: 'delete',
  path: '/api/v1/webhooks/{webhook}',
  tags,
  summary: 'Delete a webhook with its delivery log',
  request: { params: webhookParam },
  responses: { 200: json(z.object({ deleted: z.boolean() }), 'Deleted') },
});

export const testWebhook = defineRoute(rule, {
  method: 'post',
  path: '/api/v1/webhooks/{webhook}/test',
  tags,
  summary: 'Send a signed test message, the way every message goes; its delivery tells how it went',
  request: { params: webhookParam },
  responses: { 202: json(webhookDeliverySchema, 'Waits to be sent') },
});

export const listWebhookDeliveries = defineRoute(rule, {
  method: 'get',
  path: '/api/v1/webhooks/{webhook}/deliveries',
  tags,
  summary: 'Delivery log of a webhook, newest first',
  request: {
    params: webhookParam,
    query: z.object({ ...pageQuery, state: z.enum(['pending', 'delivered', 'given-up']).optional() }),
  },
  responses: { 200: json(pageOf(webhookDeliverySchema), 'A page') },
});

export const redeliverWebhook = defineRoute(rule, {
  method: 'post',
  path: '/api/v1/webhooks/{webhook}/deliveries/{delivery}/redeliver',
  tags,
  summary: 'Send a message again, under the same webhook-id',
  request: { params: deliveryParam },
  responses: { 202: json(webhookDeliverySchema, 'Waits to be sent') },
});
