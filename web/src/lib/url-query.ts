/** Values of a view that live in the address; all are strings, as they were typed. */
export type UrlValues = Readonly<Record<string, string>>;

/** What a query says of these values; the default where it is silent. */
export function readQuery<Values extends UrlValues>(search: string, defaults: Values): Values {
  const params = new URLSearchParams(search);
  const values = Object.entries(defaults).map(([name, value]) => [name, params.get(name) ?? value]);
  return Object.fromEntries(values) as Values;
}

/** The query with some values changed: defaults are left out, parameters of others stay as they are. */
export function writeQuery(search: string, defaults: UrlValues, change: Partial<UrlValues>): string {
  const params = new URLSearchParams(search);
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined || value === defaults[name]) params.delete(name);
    else params.set(name, value);
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}
