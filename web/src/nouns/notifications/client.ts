import type { Notification } from '#api/notifications/notifications.contract.ts';
import { type Page, request } from '../../lib/api/http.ts';

export type { Notification };

const base = '/api/v1/notifications';

export const notifications = {
  list: (query: { unread?: boolean; cursor?: string; limit?: number }) =>
    request<Page<Notification> & { unread: number }>('GET', base, { query }),
  markRead: (which: { ids: readonly string[] } | { all: true }) =>
    request<{ read: number; unread: number }>('POST', `${base}/read`, { body: which }),
};
