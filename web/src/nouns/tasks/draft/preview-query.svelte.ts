import { createQuery } from '@tanstack/svelte-query';
import { tasks } from '#web/nouns/tasks/client.ts';
import type { TaskDraft } from './draft.ts';
import { inputOfDraft } from './draft-input.ts';

const restMs = 400;
const freshMs = 5_000;

/**
 * What the api says would happen to a draft: which hosts it knows, what policy answers. Asked anew once the draft has
 * rested for a moment; `enabled` says whether there is enough of it. Call it while a component is set up.
 */
export function createPreview(draft: () => TaskDraft, enabled: () => boolean) {
  let rested = $state.raw(draft());
  $effect(() => {
    const now = draft();
    const timer = setTimeout(() => (rested = now), restMs);
    return () => clearTimeout(timer);
  });
  const resting = $derived(rested === draft());
  const query = createQuery(() => {
    const input = inputOfDraft(rested);
    return {
      queryKey: ['tasks', 'preview', input],
      queryFn: () => tasks.preview(input),
      enabled: enabled() && resting,
      staleTime: freshMs,
      retry: false,
    };
  });
  return {
    query,
    /** Whether what the query has is of the draft as it is now. */
    get isCurrent() {
      return resting;
    },
  };
}
