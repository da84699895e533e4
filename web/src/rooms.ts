import type { Action, AnnouncementKind, ChangeKindName } from '#domain/names.ts';
import type { Phrase } from '#web/lib/i18n/phrase.ts';
import type { AnnouncementWords, KindWords, Room } from '#web/lib/room.ts';
import { agentRoom } from '#web/nouns/agents/room.ts';
import { auditRoom } from '#web/nouns/audit/room.ts';
import { changeRoom } from '#web/nouns/changes/room.ts';
import { identityRoom } from '#web/nouns/identity/room.ts';
import { notificationRoom } from '#web/nouns/notifications/room.ts';
import { platformRoom } from '#web/nouns/platform/room.ts';
import { scheduleRoom } from '#web/nouns/schedules/room.ts';
import { scriptRoom } from '#web/nouns/scripts/room.ts';
import { secretRoom } from '#web/nouns/secrets/room.ts';
import { taskRoom } from '#web/nouns/tasks/room.ts';
import { ticketRoom } from '#web/nouns/tickets/room.ts';
import { treeRoom } from '#web/nouns/tree/room.ts';

/** What each noun adds to the web. The only list of nouns on this floor. */
const rooms = [
  treeRoom,
  taskRoom,
  agentRoom,
  scheduleRoom,
  scriptRoom,
  secretRoom,
  ticketRoom,
  changeRoom,
  notificationRoom,
  identityRoom,
  auditRoom,
  platformRoom,
] as const;

type Part<Name extends keyof Room> = (typeof rooms)[number] extends infer One
  ? One extends { readonly [name in Name]: infer Value }
    ? Value
    : never
  : never;
/** All parts at once. */
type Whole<Parts> = (Parts extends unknown ? (part: Parts) => void : never) extends (whole: infer All) => void
  ? All
  : never;

function whole<Name extends keyof Room>(name: Name): Whole<Part<Name>> {
  return Object.assign({}, ...rooms.map((room: Room) => room[name] ?? {})) as Whole<Part<Name>>;
}

/** Makers of all addresses; pages take them from lib/route-for.ts. */
export const routes = whole('routes');
/** The words of all pages, by set; lib/i18n loads and speaks them. */
export const messages = whole('messages');

export const places = rooms.flatMap((room: Room) => room.places ?? []);
export const searches = rooms.flatMap((room: Room) => room.searches ?? []);
export const commands = rooms.flatMap((room: Room) => room.commands ?? []);

/** What each right lets people do; a new right without words does not compile, nor do the lists below. */
export const rights: Readonly<Record<Action, Phrase>> = whole('rights');
export const kinds: Readonly<Record<ChangeKindName, KindWords>> = whole('kinds');
export const announcements: Readonly<Record<AnnouncementKind, AnnouncementWords>> = whole('announcements');
