import type { LiveTopics } from '#api/kernel/live/live-topic.ts';

/** That something changed, by id; what, each reads with their own rights. */
export const scheduleTopics: Pick<LiveTopics, 'schedules'> = { schedules: { of: 'list' } };
