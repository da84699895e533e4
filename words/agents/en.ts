import type { agentNames } from '#domain/agents/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const en = {
  'no-such-agent': "There is no agent '{agent}'.",
  'already-revoked': 'The agent has been revoked already.',
  'no-authority-yet': 'No gateway has started yet, so there is no certificate authority to join.',
} satisfies ReasonWords<typeof agentNames>;
