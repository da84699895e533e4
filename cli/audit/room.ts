import { auditActions } from '#domain/names.ts';
import type { CliRoom } from '../kernel/room.ts';
import { addAuditCommands } from './audit.commands.ts';

/** The audit. */
export const auditRoom = {
  add: addAuditCommands,
  things: {
    'audit-actions': { lookUp: () => Promise.resolve(auditActions.map((value) => ({ value }))) },
  },
  meant: { '--action': 'audit-actions' },
} as const satisfies CliRoom;
