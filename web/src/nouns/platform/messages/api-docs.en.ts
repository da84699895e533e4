export const messages = {
  title: 'API docs',
  hint: 'Each thing that the web and the command line do is a request of this API.',
  try: 'Requests that you try here are real, and made as you, {name}.',
  token: 'Programs sign in by an API token:',
  getToken: 'Make an API token',
  raw: 'openapi.json',
  failed: 'The viewer could not be shown',
} as const;
