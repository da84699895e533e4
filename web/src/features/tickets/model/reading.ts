import type { TicketDetail } from '#web/nouns/tickets/client.ts';

type Version = Pick<TicketDetail, 'version' | 'contentHash'>;

/**
 * Whether what is on the screen is still what would be decided. `changed`: the content is another one by now, so that
 * nothing is decided until the reader takes the new version.
 */
export function isChanged(read: Version, now: Version): boolean {
  return read.contentHash !== now.contentHash;
}

/** Versions to choose from when comparing with version `to`: the one before it first, down to nothing (0). */
export function versionsBefore(to: number): number[] {
  return Array.from({ length: to }, (_, index) => to - 1 - index);
}
