import type { secretNames } from '#domain/secrets/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const en = {
  'no-such-secret': 'There is no such secret.',
  'no-such-secret-version': "The secret '{secret}' has no version {version}, or its value was destroyed.",
  'last-secret-version': "The latest version of '{secret}' stays: rotate the secret first, or delete it as a whole.",
} satisfies ReasonWords<typeof secretNames>;
