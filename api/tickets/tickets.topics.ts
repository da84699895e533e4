import { findVisible } from '#api/kernel/http/subject.ts';
import type { LiveTopics } from '#api/kernel/live/live-topic.ts';
import { can } from '#domain/identity/permissions.ts';
import { ticketSubject } from './tickets.subjects.ts';

/**
 * Of the list of tickets, people hear about those that they may see. That changes with a ticket's steps: what was hidden
 * a moment ago is looked at again.
 */
export const ticketTopics: Pick<LiveTopics, 'tickets' | 'ticket:'> = {
  tickets: {
    of: 'list',
    createFilter:
      (db) =>
      async ({ actor }, { data }) => {
        const visible =
          can(actor, 'ticket.view') || (await findVisible(db, ticketSubject, actor, String(data.id))) !== undefined;
        return visible ? data : undefined;
      },
  },
  'ticket:': { of: 'thing', subject: 'ticket' },
};
