import type { DurableName } from '#domain/names.ts';
import type * as workflows from './index.ts';
import type { DurableMessages } from './kernel/durable.messages.ts';
import { taskMessages } from './tasks/task.messages.ts';
import { ticketMessages } from './tickets/ticket.messages.ts';

/** How every noun with a workflow is started and told; each name is that of a workflow in the bundle. */
export const durableMessages = {
  task: taskMessages,
  ticket: ticketMessages,
} satisfies { readonly [Noun in DurableName]: DurableMessages<Noun & keyof typeof workflows> };
