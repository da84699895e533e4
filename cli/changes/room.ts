import type { CliRoom } from '../kernel/room.ts';

/** Policies; their command is one of the tree’s. */
export const changeRoom = {
  meant: { '--approver': 'users', '--escalate-to': 'users' },
  optionOfField: {
    approvers: '--approver',
    steps: '--step',
    fourEyes: '--no-four-eyes',
    delegates: '--delegate-anyone',
    remindAfterMs: '--remind-after',
    timeoutMs: '--timeout',
  },
} as const satisfies CliRoom;
