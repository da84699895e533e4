import type { NewWebhook, Webhook, WebhookDelivery } from '#api/notifications/webhooks.contract.ts';
import { type Page, request, segment } from '../../lib/api/http.ts';

export type { NewWebhook, Webhook, WebhookDelivery };

const base = '/api/v1/webhooks';
const path = (webhook: string) => `${base}/${segment(webhook)}`;

export const webhooks = {
  list: (query: { cursor?: string; limit?: number }) => request<Page<Webhook>>('GET', base, { query }),
  get: (webhook: string) => request<Webhook>('GET', path(webhook)),
  create: (input: { name: string; url: string; kinds?: Webhook['kinds'] }) =>
    request<NewWebhook>('POST', base, { body: input }),
  update: (webhook: string, change: { enabled?: boolean; kinds?: Webhook['kinds'] }) =>
    request<Webhook>('PATCH', path(webhook), { body: change }),
  remove: (webhook: string) => request<{ deleted: boolean }>('DELETE', path(webhook)),
  test: (webhook: string) => request<WebhookDelivery>('POST', `${path(webhook)}/test`),
  deliveries: (webhook: string, query: { state?: WebhookDelivery['state']; cursor?: string; limit?: number }) =>
    request<Page<WebhookDelivery>>('GET', `${path(webhook)}/deliveries`, { query }),
  redeliver: (webhook: string, delivery: string) =>
    request<WebhookDelivery>('POST', `${path(webhook)}/deliveries/${segment(delivery)}/redeliver`),
};
