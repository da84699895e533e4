const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text can be the id of a row at all (PostgreSQL would refuse the query otherwise). */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}
