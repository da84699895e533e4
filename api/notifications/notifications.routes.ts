import * as contract from './notifications.contract.ts';
import { cursorPart, pageFrom, readCursor } from '#api/kernel/http/cursor.ts';
import { callerOf } from '#api/kernel/http/guard.ts';
import type { Register } from '#api/kernel/http/register.ts';
import { countUnread, type InboxMessage, listInbox } from '#db/notifications/inbox.ts';
import { markRead } from '#ledger/notifications/mark-read.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';
import { transact } from '#ledger/kernel/transact.ts';
import { tellReasons } from '#words/english.ts';

/** The caller's own web inbox. */
export function addNotificationRoutes(register: Register, deps: RouteDeps): void {
  const { db } = deps.database;

  register(contract.listNotifications, async (c) => {
    const { limit, cursor, unread } = c.req.valid('query');
    const userId = callerOf(c).actor.id;
    const before = readCursor(cursor, [cursorPart.uuid])?.[0];
    const rows = await listInbox(db, { userId, unread: unread === 'true', before, limit: limit + 1 });
    const page = pageFrom(rows, limit, (message) => [message.id], viewOf);
    return c.json({ ...page, unread: await countUnread(db, userId) }, 200);
  });

  // Reading one's own messages changes nothing for anybody else: it leaves no audit row.
  register(contract.readNotifications, async (c) => {
    const { ids } = c.req.valid('json');
    const userId = callerOf(c).actor.id;
    const read = await transact(db, (tx) => markRead(tx, userId, ids ?? 'all'));
    return c.json({ read, unread: await countUnread(db, userId) }, 200);
  });
}

function viewOf(message: InboxMessage): contract.Notification {
  const { noun, id } = message.subject;
  return {
    ...message,
    details: tellReasons(message.details),
    subject: { noun, id },
    ticketId: noun === 'ticket' ? id : null,
  };
}
