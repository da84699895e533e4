import type { CliRoom } from '../kernel/room.ts';
import { addSecretCommands } from './secret.commands.ts';
import { createSecretsClient } from './secrets.client.ts';

/** Secrets. */
export const secretRoom = {
  add: addSecretCommands,
  things: {
    secrets: {
      async lookUp(context, { q, limit }) {
        const secrets = await createSecretsClient(context.http()).list({ q }, limit);
        return secrets.map(({ name, description }) => ({ value: name, about: description }));
      },
    },
  },
  meant: { secret: 'secrets' },
  optionOfField: { value: '--file' },
} as const satisfies CliRoom;
