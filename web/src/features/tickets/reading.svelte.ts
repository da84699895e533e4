import type { TicketDetail } from '#web/nouns/tickets/client.ts';
import { isChanged } from './model/reading.ts';

interface Source {
  /** The ticket as the api told it last. */
  readonly ticket: TicketDetail | undefined;
  /** Whether that was asked for since this page is open: what comes from memory may be old, and is replaced at will. */
  readonly isFresh: boolean;
}

/**
 * Keeps what the reader has read apart from what there is now: another content does not take the place of the one on the
 * screen until the reader takes it.
 */
export function createReading(source: () => Source) {
  let read = $state.raw<TicketDetail | undefined>();
  let readIsFresh = false;

  function take(): void {
    const { ticket, isFresh } = source();
    read = ticket;
    readIsFresh = isFresh;
  }

  $effect.pre(() => {
    const { ticket } = source();
    if (ticket === undefined) return;
    if (read === undefined || !readIsFresh || !isChanged(read, ticket)) take();
  });

  return {
    /** What is on the screen. */
    get read(): TicketDetail | undefined {
      return read;
    },
    /** Whether there is another content by now. */
    get changed(): boolean {
      const { ticket } = source();
      return read !== undefined && ticket !== undefined && isChanged(read, ticket);
    },
    /** Puts the newest version on the screen. */
    take,
  };
}
