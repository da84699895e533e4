import type { Firing, Schedule, ScheduleDetail, ScheduleInput } from '#api/schedules/schedules.contract.ts';
import type { HttpClient, Query } from '../kernel/client/http.ts';
import { allRows } from '../kernel/client/paging.ts';

export interface SchedulesClient {
  list(filter: Query, limit: number | undefined): Promise<Schedule[]>;
  /** The one with this name, or undefined. */
  find(name: string): Promise<Schedule | undefined>;
  get(id: string): Promise<ScheduleDetail>;
  create(schedule: ScheduleInput): Promise<ScheduleDetail>;
  update(id: string, schedule: ScheduleInput & { readonly version: number }): Promise<ScheduleDetail>;
  pause(id: string): Promise<ScheduleDetail>;
  continue(id: string): Promise<ScheduleDetail>;
  runNow(id: string): Promise<Firing>;
  next(id: string, count: number): Promise<{ readonly next: readonly string[] }>;
  firings(id: string, filter: Query, limit: number | undefined): Promise<Firing[]>;
  delete(id: string): Promise<{ readonly deleted: boolean }>;
}

export function createSchedulesClient(http: HttpClient): SchedulesClient {
  const path = '/api/v1/schedules';
  return {
    list: (query, limit) => allRows<Schedule>(http, path, { query, limit }),
    find: async (name) => (await allRows<Schedule>(http, path, { query: { name }, limit: 1 }))[0],
    get: (id) => http.json('GET', `${path}/${id}`),
    create: (body) => http.json('POST', path, { body }),
    update: (id, body) => http.json('PUT', `${path}/${id}`, { body }),
    pause: (id) => http.json('POST', `${path}/${id}/pause`),
    continue: (id) => http.json('POST', `${path}/${id}/continue`),
    runNow: (id) => http.json('POST', `${path}/${id}/run-now`, { headers: { 'idempotency-key': crypto.randomUUID() } }),
    next: (id, count) => http.json('GET', `${path}/${id}/next`, { query: { count } }),
    firings: (id, query, limit) => allRows<Firing>(http, `${path}/${id}/firings`, { query, limit }),
    delete: (id) => http.json('DELETE', `${path}/${id}`),
  };
}
