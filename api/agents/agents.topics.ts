import type { LiveTopics } from '#api/kernel/live/live-topic.ts';

/** Heard by whoever may see agents. */
export const agentTopics: Pick<LiveTopics, 'agents'> = { agents: { of: 'list', right: 'agent.view' } };
