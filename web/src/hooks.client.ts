import type { HandleClientError } from '@sveltejs/kit/hooks';

/**
 * What crashed a page, or a pane of it, reaches the console, with its place. The message is what people are shown: these
 * are our own programs, read by their operators.
 */
export const handleError: HandleClientError = ({ kind, error }) => {
  if (kind === 'unknown') console.error(error);
  return { message: error instanceof Error ? error.message : String(error) };
};
