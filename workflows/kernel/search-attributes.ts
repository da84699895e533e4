import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { searchAttributeTypes } from '#domain/durables.ts';

const { KEYWORD, KEYWORD_LIST } = SearchAttributeType;

/** What can be searched for in Temporal, shared by all nouns. */
export const searchAttributes = {
  kind: defineSearchAttributeKey(named('SignalboxKind'), KEYWORD),
  state: defineSearchAttributeKey(named('SignalboxState'), KEYWORD),
  node: defineSearchAttributeKey(named('SignalboxNode'), KEYWORD_LIST),
  requester: defineSearchAttributeKey(named('SignalboxRequester'), KEYWORD),
} as const;

function named(name: keyof typeof searchAttributeTypes): string {
  return name;
}
