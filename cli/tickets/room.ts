import type { CliRoom } from '../kernel/room.ts';
import { addTicketCommands } from './ticket.commands.ts';
import { createTicketsClient } from './tickets.client.ts';

/** Ids say nothing to people: few are offered, the newest. */
const newest = 20;

/** Tickets. */
export const ticketRoom = {
  add: addTicketCommands,
  takePassthrough: ['ticket resubmit'],
  things: {
    tickets: {
      async lookUp(context) {
        const tickets = createTicketsClient(context.http(), context.io.interrupted);
        const open = await tickets.list({ state: 'open' }, newest);
        return open.map(({ id, state, title }) => ({ value: id, about: `${state} ${title}` }));
      },
    },
  },
  meant: { ticket: 'tickets' },
  optionOfField: { contentHash: '--hash' },
} as const satisfies CliRoom;
