import type { identityNames } from '#domain/identity/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const en = {
  'not-signed-in': 'Sign in with a password or a token.',
  'password-needed': 'Sign in with the current password first.',
  'password-change-required': 'Change the one-time password first.',
  'wrong-name-or-password': 'Invalid username or password.',
  'wrong-password': 'is wrong',
  'same-password': 'is the same as the current one',
  'too-many-attempts': 'Too many attempts. Wait a minute.',
  'sign-in-refused': '{answer}',
  'sign-in-away': 'Signing in does not work now. Try again.',
  'no-permission': 'You have no permission for this ({right}). Ask an administrator or the owner of the node.',
  'no-permission-on':
    'You have no permission for this on {node} ({right}). Ask an administrator or the owner of the node.',
  'last-admin': 'This is the last administrator. Make somebody else one first.',
  'no-such-user': 'There is no such user, or they are disabled. Check the name.',
  'unknown-user': "There is no user '{user}'. Check the name.",
  'reserved-name': "'{name}' cannot be the name of a user: it means something else here. Choose another.",
  'no-such-token': 'There is no such token.',
  'no-role-here': '{user} has no role granted on this very node.',
} satisfies ReasonWords<typeof identityNames>;
