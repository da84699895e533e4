import { z } from 'zod';
import { nameKey } from '../name-rule.ts';
import { because } from '../reasons.ts';
import { faultBecause } from '../schema-fault.ts';

/** A user's name: what they sign in with. Names with one key (`nameKey`) are one name. */
export const userNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$/,
    'must be 2–63 letters, digits, dots, - or _, starting with a letter or digit',
  );

/**
 * Words that stand where a user's name can, in filters, policies and the audit, and mean somebody else: whoever was called
 * so would be taken for them. `system`, `signalbox` and `anonymous` are actors, `me` is who asks, `owners` are approvers;
 * the others say how many.
 */
const reservedUserNames = [
  ...['system', 'signalbox', 'anonymous', 'me', 'owners'],
  ...['all', 'any', 'anybody', 'anyone', 'everybody', 'everyone', 'nobody', 'none'],
];

/** The id of a user finds them as their name does. */
const id = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A name for a new user. Users who were called otherwise before keep their name. */
export const newUserNameSchema = userNameSchema.superRefine((name, context) => {
  const key = nameKey(name);
  if (!reservedUserNames.includes(key) && !id.test(key)) return;
  const { error: message, params } = faultBecause(because('reserved-name', { name }));
  context.addIssue({ code: 'custom', message, params });
});

/** Least length of a password, in characters. */
export const minPasswordLength = 12;

/** What every API token begins with. */
export const tokenPrefix = 'sbx_';
