import type { Notification } from '#api/notifications/notifications.contract.ts';
import type { NewWebhook, Webhook, WebhookDelivery } from '#api/notifications/webhooks.contract.ts';
import type { AnnouncementKind } from '#domain/names.ts';
import type { HttpClient, Query } from '../kernel/client/http.ts';
import { allRows } from '../kernel/client/paging.ts';

/** One's own web inbox. */
export interface InboxClient {
  list(options: { unread: boolean; limit: number | undefined }): Promise<Notification[]>;
  /** How many were marked, and are left unread. */
  readAll(): Promise<{ read: number; unread: number }>;
}

export function createInboxClient(http: HttpClient): InboxClient {
  return {
    list: ({ unread, limit }) => allRows<Notification>(http, '/api/v1/notifications', { query: { unread }, limit }),
    readAll: () => http.json('POST', '/api/v1/notifications/read', { body: { all: true } }),
  };
}

/** Where events are posted to, by name or id. */
export interface WebhooksClient {
  list(limit: number | undefined): Promise<Webhook[]>;
  /** The answer has the secret, this once. */
  create(input: { name: string; url: string; kinds: readonly AnnouncementKind[] }): Promise<NewWebhook>;
  update(webhook: string, change: { enabled: boolean }): Promise<Webhook>;
  delete(webhook: string): Promise<{ deleted: boolean }>;
  /** Sends a test message; its delivery tells how it went. */
  test(webhook: string): Promise<WebhookDelivery>;
  deliveries(webhook: string, filter: Query, limit: number | undefined): Promise<WebhookDelivery[]>;
}

export function createWebhooksClient(http: HttpClient): WebhooksClient {
  const webhookPath = (webhook: string) => `/api/v1/webhooks/${encodeURIComponent(webhook)}`;
  return {
    list: (limit) => allRows<Webhook>(http, '/api/v1/webhooks', { limit }),
    create: (body) => http.json('POST', '/api/v1/webhooks', { body }),
    update: (webhook, body) => http.json('PATCH', webhookPath(webhook), { body }),
    delete: (webhook) => http.json('DELETE', webhookPath(webhook)),
    test: (webhook) => http.json('POST', `${webhookPath(webhook)}/test`),
    deliveries: (webhook, query, limit) =>
      allRows<WebhookDelivery>(http, `${webhookPath(webhook)}/deliveries`, { query, limit }),
  };
}
