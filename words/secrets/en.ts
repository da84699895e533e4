import type { secretNames } from '#domain/secrets/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const en = {
  'no-such-secret': 'There is no such secret.',
  'no-such-secret-version': "The secret '{secret}' has no version {version}, or its value was destroyed.",
  'last-secret-version': "The latest version of '{secret}' stays: rotate the secret first, or delete it as a whole.",
  'no-such-secret-named': "There is no secret '{secret}', or you may not see it.",
  'may-not-use-secret': "You may not use the secret '{secret}': that takes the right to use it on its owner node.",
  'secret-not-for-requester':
    "{requester} may not use the secret '{secret}' any more. Somebody who may has to ask for it anew.",
} satisfies ReasonWords<typeof secretNames>;
