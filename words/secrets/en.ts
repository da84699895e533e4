import type { secretNames } from '#domain/secrets/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const en = {
  'no-such-secret': 'There is no such secret.',
  'no-such-secret-version': "The secret '{secret}' has no version {version}, or its value was destroyed.",
  'last-secret-version': "The latest version of '{secret}' stays: rotate the secret first, or delete it as a whole.",
  'sealed-value-damaged': 'The sealed value of {of} {key} is damaged: no key opens it. Destroy it, then go on.',
  'no-secret-key': 'There is no key file yet: it is made when the first secret is kept.',
  'no-such-secret-named': "There is no secret '{secret}', or you may not see it.",
  'may-not-use-secret': "You may not use the secret '{secret}': that takes the right to use it on its owner node.",
  'secret-not-for-requester':
    "{requester} may not use the secret '{secret}' any more. Somebody who may has to ask for it anew.",
} satisfies ReasonWords<typeof secretNames>;
