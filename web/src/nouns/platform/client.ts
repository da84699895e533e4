import type { Status } from '#api/platform/platform.contract.ts';
import { request } from '#web/lib/api/http.ts';

export type { Status };

export const platform = {
  status: () => request<Status>('GET', '/api/v1/status'),
};
