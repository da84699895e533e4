import type { LiveTopics } from '#api/kernel/live/live-topic.ts';

/** The library is everybody's. */
export const scriptTopics: Pick<LiveTopics, 'scripts'> = { scripts: { of: 'list' } };
