import type { CliRoom } from '../kernel/room.ts';
import { addPlatformCommands } from './platform.commands.ts';

/** The platform as a whole. */
export const platformRoom = {
  add: addPlatformCommands,
} as const satisfies CliRoom;
