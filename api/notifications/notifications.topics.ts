import type { LiveTopics } from '#api/kernel/live/live-topic.ts';

/** Everybody hears of their own inbox. */
export const notificationTopics: Pick<LiveTopics, 'inbox:'> = { 'inbox:': { of: 'own' } };
