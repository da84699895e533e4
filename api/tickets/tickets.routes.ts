import * as contract from './tickets.contract.ts';
import { cursorPart, pageFrom, readCursor } from '#api/kernel/http/cursor.ts';
import { callerOf } from '#api/kernel/http/guard.ts';
import type { Register } from '#api/kernel/http/register.ts';
import { diffTicket } from './ticket-diff.ts';
import { readerOf, viewTicket } from './ticket-view.ts';
import { scopeOf } from '#db/identity/callers.ts';
import { listTickets, type TicketFilter } from '#db/tickets/ticket-inbox.ts';
import { readTicketTimeline } from '#db/tickets/ticket-read.ts';
import { endedTicketStates, isEndedTicket, type TicketState, ticketStates } from '#domain/tickets/ticket.ts';
import { tellReasons } from '#words/english.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';

/** Reading tickets. */
export function addTicketRoutes(register: Register, deps: RouteDeps): void {
  const { db } = deps.database;

  register(contract.listTickets, async (c) => {
    const { scope, state, kind, limit, cursor } = c.req.valid('query');
    const caller = callerOf(c);
    const before = readCursor(cursor, [cursorPart.uuid])?.[0];
    const tree = scopeOf(caller, 'ticket.view');
    const visible = tree === 'all' ? tree : { nodeIds: tree.map((idPath) => idPath.split('.').at(-1) ?? '') };
    const filter: TicketFilter = {
      scope: scope === 'visible' ? { visible } : scope,
      ...(state === undefined ? {} : { states: statesOf(state) }),
      ...(kind === undefined ? {} : { kind }),
    };
    const rows = await listTickets(db, readerOf(caller.actor), filter, { before, limit: limit + 1 });
    return c.json(
      pageFrom(
        rows,
        limit,
        (ticket) => [ticket.id],
        (ticket) => ticket,
      ),
      200,
    );
  });

  register(contract.getTicket, async (c) =>
    c.json(await viewTicket(db, deps.kindsOn, c.req.valid('param').id, callerOf(c).actor), 200),
  );

  register(contract.getTicketDiff, async (c) =>
    c.json(await diffTicket(db, deps.kindsOn, c.req.valid('param').id, c.req.valid('query')), 200),
  );

  register(contract.listTicketTimeline, async (c) => {
    const { limit, cursor } = c.req.valid('query');
    const after = readCursor(cursor, [cursorPart.number])?.[0];
    const rows = await readTicketTimeline(db, c.req.valid('param').id, { after, limit: limit + 1 });
    return c.json(
      pageFrom(
        rows,
        limit,
        (entry) => [entry.id],
        (entry) => ({ ...entry, details: tellReasons(withPeoplesSteps(entry.details)) }),
      ),
      200,
    );
  });
}

function statesOf(state: TicketState | 'open' | 'ended'): readonly TicketState[] {
  if (state === 'ended') return endedTicketStates;
  return state === 'open' ? ticketStates.filter((one) => !isEndedTicket(one)) : [state];
}

/** The ledger counts steps from 0, people from 1. */
function withPeoplesSteps(details: Record<string, unknown>): Record<string, unknown> {
  return typeof details.step === 'number' ? { ...details, step: details.step + 1 } : details;
}
