/** Longest message of a decision or comment, in characters; the server's own limit. */
export const maxMessage = 4_000;
/** Longest title of a manual step. */
export const maxStepTitle = 200;
