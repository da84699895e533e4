import { z } from 'zod';

/** A user's name: what they sign in with. Names with one key (`nameKey`) are one name. */
export const userNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$/,
    'must be 2–63 letters, digits, dots, - or _, starting with a letter or digit',
  );

/** Least length of a password, in characters. */
export const minPasswordLength = 12;

/** What every API token begins with. */
export const tokenPrefix = 'sbx_';
