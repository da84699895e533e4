import { type Query, segment, withQuery } from '#web/lib/api/http.ts';

export const ticketRoutes = {
  inbox: (query: Query = {}) => withQuery('/inbox', query),
  /** A ticket on its own page; in the inbox it is `inbox({ sel: id })`. */
  ticket: (id: string, query: Query = {}) => withQuery(`/tickets/${segment(id)}`, query),
};
