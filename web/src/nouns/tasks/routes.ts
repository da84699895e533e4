import { type Query, segment, withQuery } from '#web/lib/api/http.ts';

export const taskRoutes = {
  tasks: (query: Query = {}) => withQuery('/tasks', query),
  /** Query: `node` (full name), `host` (repeated as a comma list), `script` (library id), `from` (a task to repeat). */
  newTask: (query: Query = {}) => withQuery('/tasks/new', query),
  task: (id: string, query: Query = {}) => withQuery(`/tasks/${segment(id)}`, query),
};
