import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** What can be searched for in Temporal. Every Temporal server of ours must know these. */
export const searchAttributes = {
  taskState: defineSearchAttributeKey('SignalboxTaskState', SearchAttributeType.KEYWORD),
  ticketState: defineSearchAttributeKey('SignalboxTicketState', SearchAttributeType.KEYWORD),
  node: defineSearchAttributeKey('SignalboxNode', SearchAttributeType.KEYWORD_LIST),
  requester: defineSearchAttributeKey('SignalboxRequester', SearchAttributeType.KEYWORD),
} as const;
