import { type Query, segment, withQuery } from '#web/lib/api/http.ts';

export const treeRoutes = {
  /** `node` by id. `tab`: machines, grants, policies. */
  tree: (node?: string, query: Query = {}) => withQuery(node === undefined ? '/tree' : `/tree/${segment(node)}`, query),
};
