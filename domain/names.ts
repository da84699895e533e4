import { agentNames } from './agents/names.ts';
import { auditNames } from './audit/names.ts';
import { changeNames } from './changes/names.ts';
import { identityNames } from './identity/names.ts';
import { notificationNames } from './notifications/names.ts';
import { platformNames } from './platform/names.ts';
import type { ActionRule, ReasonParam, RoomNames } from './room-names.ts';
import { scheduleNames } from './schedules/names.ts';
import { scriptNames } from './scripts/names.ts';
import { secretNames } from './secrets/names.ts';
import { taskNames } from './tasks/names.ts';
import { ticketNames } from './tickets/names.ts';
import { treeNames } from './tree/names.ts';

/** The names of every room. The only list of nouns on this floor; it imports leaves alone, so that nothing circles. */
const rooms = [
  identityNames,
  treeNames,
  auditNames,
  notificationNames,
  changeNames,
  taskNames,
  ticketNames,
  agentNames,
  scheduleNames,
  scriptNames,
  secretNames,
  platformNames,
] as const;
type Room = (typeof rooms)[number];

/** The names that rooms have in one of the lists. */
type Listed<List extends keyof RoomNames> = Room extends infer One
  ? One extends { readonly [name in List]: readonly (infer Name)[] }
    ? Name
    : never
  : never;

function listed<List extends Exclude<keyof RoomNames, 'actions' | 'reasons'>>(list: List): readonly Listed<List>[] {
  return rooms.flatMap((room: RoomNames) => (room[list] ?? []) as readonly Listed<List>[]);
}

/** Every kind of change. */
export type ChangeKindName = Listed<'kinds'>;
export const changeKindNames = listed('kinds');

/** What people and webhooks are told of. */
export type AnnouncementKind = Listed<'announcements'>;
export const announcementKinds = listed('announcements');

/** What the audit says was done: a proposal has the name of its kind, a refusal that of the right that is missing. */
export type AuditAction = Listed<'audited'> | ChangeKindName | Action;

/** What is carried out by a durable workflow. */
export type DurableName = Listed<'durables'>;

/** Every thing that a rule of the API can be about. */
export type SubjectName = Listed<'subjects'>;

/** What an announcement can be about. */
export type SubjectNoun = Listed<'durables'> | Listed<'announced'>;
export const subjectNouns: readonly SubjectNoun[] = [...listed('durables'), ...listed('announced')];

/** Every way by which announcements reach somebody. */
export type ChannelName = Listed<'channels'>;

/** Every topic; one that ends in a colon is followed by an id. */
export type TopicName = Listed<'topics'>;
/** What live pages listen to: a list, or (`task:<id>`) one thing. */
export type Topic = TopicName extends infer Name ? (Name extends `${string}:` ? `${Name}${string}` : Name) : never;

/** Every right that a rule can name. */
export type Action = Room extends infer One
  ? One extends { readonly actions: infer Actions }
    ? keyof Actions & string
    : never
  : never;
export const actions = Object.assign({}, ...rooms.map((room: RoomNames) => room.actions ?? {})) as Readonly<
  Record<Action, ActionRule>
>;

/** Every audit action, by name. */
export const auditActions: readonly AuditAction[] = [
  ...new Set([...listed('audited'), ...changeKindNames, ...(Object.keys(actions) as Action[])]),
].sort();

/** The intersection of a union's members: what all rooms bring, as one. */
type Whole<Parts> = (Parts extends unknown ? (part: Parts) => void : never) extends (whole: infer All) => void
  ? All
  : never;
type Reasons = Whole<Room extends infer One ? (One extends { readonly reasons: infer Codes } ? Codes : never) : never>;

/** Every reason why something is refused, waits, or ended as it did. */
export type ReasonCode = keyof Reasons;
/** What the parameters of a reason are, by their names. */
export type ParamsOf<Code extends ReasonCode> = Reasons[Code];
export const reasonParams = Object.assign({}, ...rooms.map((room: RoomNames) => room.reasons ?? {})) as Readonly<
  Record<ReasonCode, Readonly<Record<string, ReasonParam>>>
>;
