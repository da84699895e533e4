import { type MessageKey, t } from '#web/lib/i18n/index.svelte.ts';
import type { DropRefusal } from '#web/nouns/tree/drop-meaning.ts';

const keys: Readonly<Record<DropRefusal, MessageKey>> = {
  itself: 'tree.refuseItself',
  'below-itself': 'tree.refuseBelowItself',
  'is-there': 'tree.refuseIsThere',
  leaf: 'tree.leafReason',
  hidden: 'tree.hiddenReason',
};

/** Why a node cannot be put somewhere, as a sentence. */
export function refusalWords(refusal: DropRefusal): string {
  return t(keys[refusal]);
}
