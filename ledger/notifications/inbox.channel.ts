import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { subjectFields } from '#domain/notifications/announcement.ts';
import { emitEvent } from '#ledger/kernel/live-events.ts';
import type { KeptChannel } from './channel.ts';

/** The web inbox: a row for each of these users, and an event for the pages they have open. Unknown users get none. */
export const inboxChannel: KeptChannel = {
  recipients: (_tx, { userIds }) => Promise.resolve([...new Set(userIds)]),

  async keep(tx, { id, kind, subject }, userIds) {
    const ids = userIds.map(() => uuidv7());
    await sql`insert into notification (id, user_id, announcement_id)
      select given.id, u.id, ${id}::uuid
      from unnest(${ids}::uuid[], ${userIds}::text[]) as given (id, user_id) join "user" u on u.id = given.user_id`.execute(
      tx,
    );
    for (const userId of userIds) await emitEvent(tx, `inbox:${userId}`, { kind, ...subjectFields(subject) });
  },
};
