import type { agentNames } from '#domain/agents/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const en = {
  'no-such-agent': "There is no agent '{agent}'.",
  'already-revoked': 'The agent has been revoked already.',
  'no-authority-yet': 'No gateway has started yet, so there is no certificate authority to join.',
  'not-a-host': "'{host}' is no name or address of a host",
  'name-reads-as-address': "'{name}' reads as an address or an id, so that it cannot be the name of a host",
} satisfies ReasonWords<typeof agentNames>;
