/** Least length of a password, as the api wants it. */
export const minPasswordLength = 12;
