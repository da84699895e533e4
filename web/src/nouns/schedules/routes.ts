import { type Query, segment, withQuery } from '#web/lib/api/http.ts';

export const scheduleRoutes = {
  schedules: (query: Query = {}) => withQuery('/schedules', query),
  newSchedule: () => '/schedules/new',
  /** Query: `state`, of its firings. */
  schedule: (id: string, query: Query = {}) => withQuery(`/schedules/${segment(id)}`, query),
  editSchedule: (id: string) => `/schedules/${segment(id)}/edit`,
};
