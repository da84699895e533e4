import { sql } from 'kysely';
import type { SentChannel } from './channel.ts';

/** Webhooks that want this kind of announcement, by their ids. */
export const webhookChannel: SentChannel = {
  async recipients(tx, { kind }) {
    const { rows } = await sql<{ id: string }>`
      select id from webhook where enabled and (kinds = '{}' or ${kind} = any (kinds)) order by id`.execute(tx);
    return rows.map(({ id }) => id);
  },
};
