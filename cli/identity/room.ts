import type { Command } from 'commander';
import type { CliContext } from '../kernel/context.ts';
import type { CliRoom } from '../kernel/room.ts';
import { createIdentityClient } from './identity.client.ts';
import { addSignInCommands } from './sign-in.commands.ts';
import { addTokenCommands } from './token.commands.ts';
import { addUserCommands } from './user.commands.ts';

/** Users, their tokens, and signing in. */
export const identityRoom = {
  add(program: Command, context: CliContext) {
    addUserCommands(program, context);
    addTokenCommands(program, context);
    addSignInCommands(program, context);
  },
  things: {
    users: {
      async lookUp(context, { q, limit }) {
        const users = await createIdentityClient(context.http()).users({ q, limit });
        return users.map(({ name, role }) => ({ value: name, about: role }));
      },
    },
  },
  meant: { user: 'users', '--user': 'users' },
  optionOfField: { expiresInMinutes: '--expires', expiresInDays: '--expires' },
} as const satisfies CliRoom;
