const drafts = new Map<string, string>();

/** Comments that were begun and not sent, by ticket: to look at another ticket in between loses none. */
export const commentDrafts = {
  of: (ticketId: string): string => drafts.get(ticketId) ?? '',
  keep(ticketId: string, text: string): void {
    if (text === '') drafts.delete(ticketId);
    else drafts.set(ticketId, text);
  },
};
