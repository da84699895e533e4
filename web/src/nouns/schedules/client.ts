import type { Firing, Schedule, ScheduleDetail, ScheduleInput } from '#api/schedules/schedules.contract.ts';
import { type Page, request, segment } from '../../lib/api/http.ts';

export type { Firing, ScheduleDetail, ScheduleInput };
export type ScheduleSummary = Schedule;
export type FiringState = Firing['state'];
export type OverlapPolicy = Schedule['overlap'];

const base = '/api/v1/schedules';
const path = (id: string) => `${base}/${segment(id)}`;

export const schedules = {
  list: (query: { q?: string; cursor?: string; limit?: number }) =>
    request<Page<ScheduleSummary>>('GET', base, { query }),
  get: (id: string) => request<ScheduleDetail>('GET', path(id)),
  create: (input: ScheduleInput) => request<ScheduleDetail>('POST', base, { body: input }),
  /** `version` is the one that was edited; refused (`newer-schedule`) where there is a later one. */
  update: (id: string, input: ScheduleInput & { readonly version: number }) =>
    request<ScheduleDetail>('PUT', path(id), { body: input }),
  remove: (id: string) => request<{ deleted: boolean }>('DELETE', path(id)),
  pause: (id: string) => request<ScheduleDetail>('POST', `${path(id)}/pause`),
  continue: (id: string) => request<ScheduleDetail>('POST', `${path(id)}/continue`),
  runNow: (id: string, idempotencyKey: string) => request<Firing>('POST', `${path(id)}/run-now`, { idempotencyKey }),
  firings: (id: string, query: { state?: FiringState; cursor?: string; limit?: number }) =>
    request<Page<Firing>>('GET', `${path(id)}/firings`, { query }),
  /** When a cron expression would fire next. */
  firingTimes: (timing: { cron: string; zone: string }) =>
    request<{ next: readonly string[] }>('GET', '/api/v1/firing-times', { query: timing }),
};
