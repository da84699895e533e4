import type { CliRoom } from '../kernel/room.ts';
import { addAuditCommands } from './audit.commands.ts';

/** The audit. */
export const auditRoom = {
  add: addAuditCommands,
} as const satisfies CliRoom;
