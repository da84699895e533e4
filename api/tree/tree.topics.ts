import type { LiveTopics } from '#api/kernel/live/live-topic.ts';
import { scopeOf } from '#db/identity/callers.ts';

/** Who sees the whole tree is told what changed; all others only that something did. */
export const treeTopics: Pick<LiveTopics, 'tree'> = {
  tree: {
    of: 'list',
    createFilter: () => (caller, event) => Promise.resolve(scopeOf(caller, 'tree.view') === 'all' ? event.data : {}),
  },
};
