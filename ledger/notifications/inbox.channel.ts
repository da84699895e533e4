import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Tx } from '#db/database.ts';
import { emitEvent } from '#ledger/kernel/live-events.ts';
import type { Channel } from '#domain/notifications/channel.ts';

/** The web inbox: a row for each of these users, and an event for the pages they have open. Unknown users get none. */
export function inboxChannel(tx: Tx): Channel<{ readonly userIds: readonly string[] }> {
  return {
    name: 'inbox',
    async deliver(target, { body }) {
      const userIds = [...new Set(target.userIds)];
      if (userIds.length === 0) return { outcome: 'delivered' };
      const ids = userIds.map(() => uuidv7());
      const { title, ticketId, ...details } = body.data;
      await sql`insert into notification (id, user_id, kind, ticket_id, title, details)
        select given.id, u.id, ${body.type}, ${ticketId ?? null}::uuid, ${title}, ${JSON.stringify(details)}::jsonb
        from unnest(${ids}::uuid[], ${userIds}::text[]) as given (id, user_id) join "user" u on u.id = given.user_id`.execute(
        tx,
      );
      for (const userId of userIds) await emitEvent(tx, `inbox:${userId}`, { kind: body.type, ticketId });
      return { outcome: 'delivered' };
    },
  };
}
