import { type Query, segment, withQuery } from '#web/lib/api/http.ts';

export const scriptRoutes = {
  scripts: (query: Query = {}) => withQuery('/scripts', query),
  newScript: () => '/scripts/new',
  script: (id: string, query: Query = {}) => withQuery(`/scripts/${segment(id)}`, query),
};
