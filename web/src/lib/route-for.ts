import { type QueryValue, segment, withQuery } from '#web/lib/api/http.ts';

type Query = Readonly<Record<string, QueryValue>>;

/** The one maker of the web's own addresses. */
export const routeFor = {
  home: () => '/',
  signIn: (next?: string) => withQuery('/sign-in', { next }),
  /** `node` by id. `tab`: machines, grants, policies. */
  tree: (node?: string, query: Query = {}) => withQuery(node === undefined ? '/tree' : `/tree/${segment(node)}`, query),
  scripts: (query: Query = {}) => withQuery('/scripts', query),
  newScript: () => '/scripts/new',
  script: (id: string, query: Query = {}) => withQuery(`/scripts/${segment(id)}`, query),
  tasks: (query: Query = {}) => withQuery('/tasks', query),
  /** Query: `node` (full name), `host` (repeated as a comma list), `script` (library id), `from` (a task to repeat). */
  newTask: (query: Query = {}) => withQuery('/tasks/new', query),
  task: (id: string, query: Query = {}) => withQuery(`/tasks/${segment(id)}`, query),
  inbox: (query: Query = {}) => withQuery('/inbox', query),
  /** A ticket on its own page; in the inbox it is `inbox({ sel: id })`. */
  ticket: (id: string, query: Query = {}) => withQuery(`/tickets/${segment(id)}`, query),
  agents: (query: Query = {}) => withQuery('/agents', query),
  users: (query: Query = {}) => withQuery('/admin/users', query),
  webhooks: (query: Query = {}) => withQuery('/admin/webhooks', query),
  audit: (query: Query = {}) => withQuery('/admin/audit', query),
  status: () => '/admin/status',
  account: () => '/account',
  apiDocs: () => '/api-docs',
  kit: () => '/_kit',
};
