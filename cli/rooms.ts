import type { CliRoom } from './kernel/room.ts';
import { agentRoom } from './agents/room.ts';
import { auditRoom } from './audit/room.ts';
import { changeRoom } from './changes/room.ts';
import { identityRoom } from './identity/room.ts';
import { notificationRoom } from './notifications/room.ts';
import { platformRoom } from './platform/room.ts';
import { scheduleRoom } from './schedules/room.ts';
import { scriptRoom } from './scripts/room.ts';
import { secretRoom } from './secrets/room.ts';
import { taskRoom } from './tasks/room.ts';
import { ticketRoom } from './tickets/room.ts';
import { treeRoom } from './tree/room.ts';

const all = [
  platformRoom,
  taskRoom,
  scheduleRoom,
  scriptRoom,
  secretRoom,
  ticketRoom,
  notificationRoom,
  agentRoom,
  treeRoom,
  changeRoom,
  identityRoom,
  auditRoom,
] as const;

/** Everything that some room looks up: completion can mean nothing else. */
type Things = (typeof all)[number] extends infer Room
  ? Room extends { readonly things: infer Own }
    ? keyof Own & string
    : never
  : never;

/** What every room contributes, in the order of the help. The only list of nouns on this floor. */
export const rooms: readonly CliRoom[] = all satisfies readonly CliRoom<Things>[];
