export const messages = {
  you: 'You',
  role: 'Role',
  grants: 'Roles on nodes',
  preferences: 'Preferences',
  preferencesHint: 'Kept in this browser.',
  tokensHint: 'For the command line and the API; a token may do what you may.',
} as const;
