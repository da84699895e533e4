import type { AnsweredReason } from '#web/lib/ui/reason-words.ts';
import type { TicketAction, TicketDetail } from '#web/nouns/tickets/client.ts';

/** `resubmit` is for the new-task wizard and the command line. */
export type ShownAction = Exclude<TicketAction, 'resubmit'>;

/** One button of a ticket. At most one of all is primary. */
export interface ActionView {
  readonly name: ShownAction;
  /** In the row of buttons, or in the menu beside it. */
  readonly place: 'row' | 'menu';
  readonly primary: boolean;
  readonly allowed: boolean;
  /** Why not. */
  readonly why: AnsweredReason | undefined;
}

interface Reader {
  readonly name: string;
  /** The content is another one than the reader has read: nothing is decided. */
  readonly contentChanged: boolean;
}

const deciding: readonly TicketAction[] = ['approve', 'reject'];

/**
 * What a ticket offers to its reader, by what the server says of each action. What cannot be done at this stage by anybody
 * is left out; what this reader cannot do is there with the reason.
 */
export function shownActions(
  ticket: Pick<TicketDetail, 'kind' | 'state' | 'requester' | 'version' | 'actions'>,
  reader: Reader,
): ActionView[] {
  const views = ticket.actions.flatMap(({ name, allowed, ...why }) => {
    const place = name === 'resubmit' ? undefined : placeOf(name, allowed, ticket, reader);
    if (name === 'resubmit' || place === undefined) return [];
    const stale = allowed && reader.contentChanged && deciding.includes(name);
    return {
      name,
      place,
      allowed: allowed && !stale,
      why: stale ? { reason: 'stale-content', params: { version: ticket.version } } : allowed ? undefined : why,
    };
  });
  const primary = views.find(({ name, allowed }) => allowed && (name === 'approve' || name === 'complete'))?.name;
  return order.flatMap((name) =>
    views.filter((view) => view.name === name).map((view) => ({ ...view, primary: view.name === primary })),
  );
}

const order: readonly ShownAction[] = [
  'approve',
  'complete',
  'reject',
  'comment',
  'withdraw',
  'transfer',
  'add-approver',
];

function placeOf(
  name: ShownAction,
  allowed: boolean,
  ticket: Pick<TicketDetail, 'kind' | 'state' | 'requester'>,
  reader: Reader,
): ActionView['place'] | undefined {
  switch (name) {
    case 'approve':
      return allowed || ticket.state === 'pending' ? 'row' : undefined;
    case 'reject':
      return allowed || ticket.state === 'pending' || ticket.state === 'scheduled' ? 'row' : undefined;
    case 'comment':
      return allowed ? 'row' : undefined;
    case 'complete':
      return allowed || (ticket.kind === 'manual.step' && ticket.state === 'applying') ? 'row' : undefined;
    case 'withdraw':
      if (ticket.requester === reader.name) return allowed ? 'row' : undefined;
      return allowed ? 'menu' : undefined;
    case 'transfer':
    case 'add-approver':
      return allowed || ticket.state === 'pending' ? 'menu' : undefined;
  }
}
