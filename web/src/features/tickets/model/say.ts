import type { MessageKey } from '#web/lib/i18n/index.svelte.ts';
import type { MessageParams } from '#words/fill.ts';

/** Something to be said in the reader's language: pure code chooses the words, `t` speaks them. */
export interface Say {
  readonly key: MessageKey;
  readonly params?: MessageParams;
}
