import { findVisible } from '#api/kernel/http/subject.ts';
import type { LiveTopics } from '#api/kernel/live/live-topic.ts';
import { can } from '#domain/identity/permissions.ts';
import { taskSubject } from './tasks.subjects.ts';

/** Tasks that one stream remembers as seen or not. */
const maxRemembered = 1_000;

/** Of the list of tasks, people hear about those that they may see. */
export const taskTopics: Pick<LiveTopics, 'tasks' | 'task:'> = {
  tasks: {
    of: 'list',
    createFilter(db) {
      const seen = new Map<string, boolean>();
      return async ({ actor }, { data }) => {
        if (can(actor, 'task.view')) return data;
        const id = String(data.id);
        let visible = seen.get(id);
        if (visible === undefined) {
          visible = (await findVisible(db, taskSubject, actor, id)) !== undefined;
          if (seen.size >= maxRemembered) seen.clear();
          seen.set(id, visible);
        }
        return visible ? data : undefined;
      };
    },
  },
  'task:': { of: 'thing', subject: 'task' },
};
