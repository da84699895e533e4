import type { DurableName } from '#domain/names.ts';
import type { Durable } from './kernel/durable.ts';
import { taskDurable } from './tasks/task.durable.ts';
import { ticketDurable } from './tickets/ticket.durable.ts';

/** What every noun that a workflow carries declares to the sweeper. */
export const durables = {
  task: taskDurable,
  ticket: ticketDurable,
} satisfies { readonly [Noun in DurableName]: Durable<Noun> };
