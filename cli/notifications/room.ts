import type { Command } from 'commander';
import type { CliContext } from '../kernel/context.ts';
import type { CliRoom } from '../kernel/room.ts';
import { addInboxCommand } from './inbox.commands.ts';
import { createWebhooksClient } from './notifications.client.ts';
import { addWebhookCommands } from './webhook.commands.ts';

/** The inbox and webhooks. */
export const notificationRoom = {
  add(program: Command, context: CliContext) {
    addInboxCommand(program, context);
    addWebhookCommands(program, context);
  },
  things: {
    webhooks: {
      async lookUp(context, { limit }) {
        const webhooks = await createWebhooksClient(context.http()).list(limit);
        return webhooks.map(({ name, url }) => ({ value: name, about: url }));
      },
    },
  },
  meant: { webhook: 'webhooks' },
  optionOfField: { kinds: '--kind' },
} as const satisfies CliRoom;
